import type { OutputLine } from "../../../api/types";
import { plainText } from "./ansi";

/** Indices of the lines that contain `wanted`, in any case. */
export function findLines(lines: readonly OutputLine[], wanted: string): number[] {
  const needle = wanted.toLowerCase();
  if (needle === "") return [];
  const found: number[] = [];
  for (const [i, { text }] of lines.entries())
    if (plainText(text).toLowerCase().includes(needle)) found.push(i);
  return found;
}
