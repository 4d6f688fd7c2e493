/** How the numbers of a group lie among those of all groups. Pure. */
import type { Run } from "../../api/types";
import { toNumber } from "../../lib/format";
import type { Field } from "../../view/fields";
import { once } from "../../view/runValues";

/** What the numbers of all groups span: so histograms of one column can be compared. */
export interface Span {
  least: number;
  most: number;
  /** The bins are equally wide in the logarithm. */
  log: boolean;
}

const BINS = 12;
/** Positive numbers that differ by more than this factor are told apart by their size. */
const LOG_FROM = 100;

function finite(runs: readonly Run[], field: Field): number[] {
  const numbers = runs.map((run) => toNumber(field.read(run)));
  return numbers.filter((number) => number !== null && Number.isFinite(number)) as number[];
}

/** null where there is nothing to tell apart. */
export const spanOf = once((runs, field): Span | null => {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of finite(runs, field)) {
    if (number < least) least = number;
    if (number > most) most = number;
  }
  return least < most ? { least, most, log: least > 0 && most / least >= LOG_FROM } : null;
});

/** How many of the runs are in each of `BINS` bins of the span. */
export function histogramOf(runs: readonly Run[], field: Field, { least, most, log }: Span): number[] {
  const bend = log ? Math.log : (number: number) => number;
  const [from, to] = [bend(least), bend(most)];
  const counts = new Array<number>(BINS).fill(0);
  for (const number of finite(runs, field)) {
    const bin = Math.floor(((bend(number) - from) / (to - from)) * BINS);
    const inside = Math.min(BINS - 1, Math.max(0, bin));
    counts[inside] = (counts[inside] ?? 0) + 1;
  }
  return counts;
}
