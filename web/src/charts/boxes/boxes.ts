/** How a number is spread among runs that share a value, or a range of values. Pure. */
import type { Run } from "../../api/types";
import { compareValues } from "../../lib/compare";
import { toNumber } from "../../lib/format";
import { type Field, fieldText } from "../../view/fields";
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

/** A box, and what it is made of: the number of each run, by the run's id. */
export interface BoxOfRuns extends Box {
  runs: ReadonlyMap<string, number>;
}

/** The parameter whose values stand side by side where nothing was chosen: categories say most. */
export function usualBy(fields: readonly Field[]): Field | undefined {
  const parameters = fields.filter(({ part }) => part === "Parameter");
  return parameters.find(({ kind }) => kind === "category") ?? parameters[0];
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

/** A value of `by`, and the run that has it with its number. */
interface Pair<Key> {
  run: Run;
  key: Key;
  value: number;
}

export interface Boxes {
  boxes: BoxOfRuns[];
  /** How many there would be if all were shown. */
  total: number;
}

/** A box for each value of `by`; of many numbers for ranges with about as many runs each. In the order of the values. */
export function boxesOf(runs: readonly Run[], value: Field, by: Field): Boxes {
  const pairs: Pair<unknown>[] = [];
  for (const run of runs) {
    const number = toNumber(value.read(run));
    const key = by.read(run);
    if (number === null || !Number.isFinite(number) || key === undefined) continue;
    pairs.push({ run, key, value: number });
  }
  const isMany = by.kind !== "category" && new Set(pairs.map(({ key }) => key)).size > FEW;
  if (!isMany) return boxesOfValues(pairs, by);
  const boxes = boxesOfRanges(pairs, by);
  return { boxes, total: boxes.length };
}

function boxOfPairs(name: string, pairs: readonly Pair<unknown>[], short = name): BoxOfRuns {
  const values = pairs.map(({ value }) => value);
  return { ...boxOf(name, values, short), runs: new Map(pairs.map(({ run, value }) => [run.id, value])) };
}

function boxesOfValues(pairs: readonly Pair<unknown>[], by: Field): Boxes {
  const groups = new Map<string, Pair<unknown>[]>();
  for (const pair of pairs) {
    const name = fieldText(by, pair.run);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [pair]);
    else group.push(pair);
  }
  const boxes = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MOST)
    .sort(([, [a]], [, [b]]) => compareValues(a?.key, b?.key))
    .map(([name, group]) => boxOfPairs(name, group));
  return { boxes, total: groups.size };
}

function boxesOfRanges(pairs: readonly Pair<unknown>[], by: Field): BoxOfRuns[] {
  const numbers = pairs.flatMap(({ key, ...pair }): Pair<number>[] => {
    const place = toNumber(key);
    return place !== null && Number.isFinite(place) ? [{ ...pair, key: place }] : [];
  });
  return quantilesOf(numbers, RANGES, ({ key }) => key).map((members) => {
    const [from, to] = [members[0]?.key ?? 0, members.at(-1)?.key ?? 0];
    const short = from === to ? numberText(by, from) : `from ${numberText(by, from, 2)}`;
    return boxOfPairs(rangeText(by, from, to), members, short);
  });
}
