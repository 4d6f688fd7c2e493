/** How a number is spread among runs that share a value, or a range of values. Pure. */
import type { Run } from "../../api/types";
import { compareValues } from "../../lib/compare";
import { formatParam, toNumber } from "../../lib/format";
import type { Field } from "../../view/fields";
import { numberText, quantilesOf, rangeText } from "../../view/ranges";

export interface Box {
  name: string;
  /** Its name where there is little room. */
  short: string;
  count: number;
  /** The quartiles. */
  lower: number;
  median: number;
  upper: number;
  /** The outermost values within one and a half times the box beyond it: where the whiskers end. */
  low: number;
  high: number;
  /** Values beyond those. */
  outliers: readonly number[];
}

/** Where a quantile lies between two values, between them in proportion. `sorted` is not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at % 1);
}

const REACH = 1.5;

/** `values` is not empty. */
export function boxOf(name: string, values: readonly number[], short = name): Box {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [
    number,
    number,
    number,
  ];
  const reach = REACH * (upper - lower);
  const inside = sorted.filter((value) => value >= lower - reach && value <= upper + reach);
  return {
    name,
    short,
    count: sorted.length,
    lower,
    median,
    upper,
    low: inside[0] as number,
    high: inside.at(-1) as number,
    outliers: sorted.filter((value) => value < lower - reach || value > upper + reach),
  };
}

/** So many different numbers each have a box; more are divided into ranges. */
const FEW = 8;
const RANGES = 6;
/** Categories with the most runs. */
const MOST = 24;

/** A value of `by`, and the number of the run that has it. */
interface Pair<Key> {
  key: Key;
  value: number;
}

/** A box for each value of `by`; of many numbers for ranges with about as many runs each. In the order of the values. */
export function boxesOf(runs: readonly Run[], value: Field, by: Field): Box[] {
  const pairs: Pair<unknown>[] = [];
  for (const run of runs) {
    const number = toNumber(value.read(run));
    const key = by.read(run);
    if (number === null || !Number.isFinite(number) || key === undefined || key === null) continue;
    pairs.push({ key, value: number });
  }
  const isMany = by.kind !== "category" && new Set(pairs.map(({ key }) => key)).size > FEW;
  return isMany ? boxesOfRanges(pairs, by) : boxesOfValues(pairs);
}

function boxesOfValues(pairs: readonly Pair<unknown>[]): Box[] {
  const groups = new Map<string, { key: unknown; values: number[] }>();
  for (const { key, value } of pairs) {
    const name = formatParam(key);
    const group = groups.get(name) ?? { key, values: [] };
    groups.set(name, group);
    group.values.push(value);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.values.length - a.values.length)
    .slice(0, MOST)
    .sort(([, a], [, b]) => compareValues(a.key, b.key))
    .map(([name, { values }]) => boxOf(name, values));
}

function boxesOfRanges(pairs: readonly Pair<unknown>[], by: Field): Box[] {
  const numbers = pairs.flatMap(({ key, value }): Pair<number>[] => {
    const place = toNumber(key);
    return place !== null && Number.isFinite(place) ? [{ key: place, value }] : [];
  });
  return quantilesOf(numbers, RANGES, ({ key }) => key).map((members) => {
    const [from, to] = [members[0]?.key ?? 0, members.at(-1)?.key ?? 0];
    const short = from === to ? numberText(by, from) : `from ${numberText(by, from, 2)}`;
    return boxOf(
      rangeText(by, from, to),
      members.map(({ value }) => value),
      short,
    );
  });
}
