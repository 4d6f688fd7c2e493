import { csv } from "../lib/csv";
import type { Line } from "./curves";

/** One row for each point of each line; smoothed values beside those that were logged, spreads beside means. */
export function linesAsCsv(
  lines: readonly Line[],
  value: string,
  against: string,
  nameOf: (id: string) => string,
): string {
  const smoothed = lines.some(({ raw }) => raw !== undefined);
  const spread = lines.some(({ low }) => low !== undefined);
  const head = [
    "id",
    "name",
    against,
    value,
    ...(smoothed ? ["smoothed"] : []),
    ...(spread ? ["low", "high"] : []),
  ];
  const rows = lines.flatMap((line) => {
    const logged = line.raw ?? line.values;
    const name = nameOf(line.runId);
    return line.steps.map((step, i) => [
      line.runId,
      name,
      step,
      logged[i] ?? null,
      ...(smoothed ? [line.values[i] ?? null] : []),
      ...(spread ? [line.low?.[i] ?? null, line.high?.[i] ?? null] : []),
    ]);
  });
  return csv([head, ...rows]);
}
