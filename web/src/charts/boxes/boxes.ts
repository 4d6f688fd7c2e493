/** How a number is spread among runs that share a value, or a range of values. Pure. */
import type { Run } from "../../api/types";
import { compareValues } from "../../lib/compare";
import { formatDuration, formatNumber, formatParam, formatTime, toNumber } from "../../lib/format";
import type { Field } from "../../view/fields";

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

/** A box for each value of `by`; of many numbers for ranges with about as many runs each. In the order of the values. */
export function boxesOf(runs: readonly Run[], value: Field, by: Field): Box[] {
  const groups = new Map<string, { key: unknown; values: number[] }>();
  const pairs: { key: number; value: number }[] = [];
  for (const run of runs) {
    const number = toNumber(value.read(run));
    const key = by.read(run);
    if (number === null || !Number.isFinite(number) || key === undefined || key === null) continue;
    const name = formatParam(key);
    const group = groups.get(name) ?? { key, values: [] };
    groups.set(name, group);
    group.values.push(number);
    const place = toNumber(key);
    if (place !== null && Number.isFinite(place)) pairs.push({ key: place, value: number });
  }
  if (by.kind !== "category" && groups.size > FEW) return ranges(pairs, by);
  return [...groups.values()]
    .sort((a, b) => b.values.length - a.values.length)
    .slice(0, MOST)
    .sort((a, b) => compareValues(a.key, b.key))
    .map(({ key, values }) => boxOf(formatParam(key), values));
}

/** Equal numbers stay together. */
function ranges(pairs: { key: number; value: number }[], by: Field): Box[] {
  const sorted = pairs.toSorted((a, b) => a.key - b.key);
  const boxes: Box[] = [];
  let start = 0;
  for (let part = 1; part <= RANGES; part++) {
    let end = Math.round((part * sorted.length) / RANGES);
    while (end > start && end < sorted.length && sorted[end]?.key === sorted[end - 1]?.key) end += 1;
    const members = sorted.slice(start, end);
    if (members.length > 0) {
      const values = members.map(({ value }) => value);
      const [from, to] = [members[0]?.key ?? 0, members.at(-1)?.key ?? 0];
      if (from === to) boxes.push(boxOf(words(by, from), values));
      else boxes.push(boxOf(`${words(by, from)} to ${words(by, to)}`, values, `from ${words(by, from, 2)}`));
    }
    start = Math.max(start, end);
  }
  return boxes;
}

const words = ({ kind }: Field, key: number, digits = 3): string =>
  kind === "time" ? formatTime(key) : kind === "duration" ? formatDuration(key) : formatNumber(key, digits);
