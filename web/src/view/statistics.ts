/** What the numbers of a group have in common. Pure. */
import type { Run } from "../api/types";
import { toNumber } from "../lib/format";
import type { Field } from "./fields";

export interface Statistics {
  count: number;
  mean: number;
  /** Standard deviation of the sample; 0 of a single value. */
  spread: number;
  least: number;
  most: number;
}

/** Of the finite numbers that runs have in a field; null when they have none. */
export const statisticsOf = (runs: readonly Run[], field: Field): Statistics | null =>
  statistics(finiteOf(runs, field));

function* finiteOf(runs: readonly Run[], field: Field): Generator<number> {
  for (const run of runs) {
    const value = toNumber(field.read(run));
    if (value !== null && Number.isFinite(value)) yield value;
  }
}

/** Of numbers, in one pass (Welford 1962); null without any. */
export function statistics(values: Iterable<number>): Statistics | null {
  let [count, mean, squares, least, most] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    count += 1;
    const away = value - mean;
    mean += away / count;
    squares += away * (value - mean);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (count === 0) return null;
  return { count, mean, spread: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, least, most };
}
