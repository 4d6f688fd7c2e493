import { plainText } from "./ansi";
import { isGap, type LogRow } from "./outputLines";

/** Indices of the lines that contain `wanted`, in any case. */
export function findLines(rows: readonly LogRow[], wanted: string): number[] {
  const needle = wanted.toLowerCase();
  if (needle === "") return [];
  const found: number[] = [];
  for (const [i, row] of rows.entries())
    if (!isGap(row) && plainText(row.text).toLowerCase().includes(needle)) found.push(i);
  return found;
}
