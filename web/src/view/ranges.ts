/** Numbers of runs divided into ranges, and what those are called. Pure. */
import { formatDuration, formatNumber, formatTime } from "../lib/format";
import type { Field } from "./fields";

/** The items by their number, in `parts` of about as many each; equal numbers stay together, so there may be fewer parts. */
export function quantilesOf<T>(items: readonly T[], parts: number, numberOf: (item: T) => number): T[][] {
  const sorted = items.toSorted((a, b) => numberOf(a) - numberOf(b));
  const same = (i: number, j: number) => numberOf(sorted[i] as T) === numberOf(sorted[j] as T);
  const found: T[][] = [];
  let start = 0;
  for (let part = 1; part <= parts; part++) {
    let end = Math.round((part * sorted.length) / parts);
    while (end > start && end < sorted.length && same(end, end - 1)) end += 1;
    if (end > start) found.push(sorted.slice(start, end));
    start = Math.max(start, end);
  }
  return found;
}

/** A number of this field in words; `digits` and `least` as of formatNumber. */
export const numberText = ({ kind }: Pick<Field, "kind">, value: number, digits = 3, least = 1): string =>
  kind === "time"
    ? formatTime(value)
    : kind === "duration"
      ? formatDuration(value)
      : formatNumber(value, digits, least);

export const rangeText = (field: Field, least: number, most: number): string =>
  least === most ? numberText(field, least) : `${numberText(field, least)} to ${numberText(field, most)}`;
