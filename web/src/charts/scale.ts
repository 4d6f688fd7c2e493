/** Where values lie along an axis, from 0 to 1, whatever they are: numbers, logarithms of numbers, times, categories. */
import { compareValues } from "../lib/compare";
import { formatParam, toNumber } from "../lib/format";
import type { Range } from "../view/conditions";
import type { FieldKind } from "../view/fields";
import { numberText } from "../view/ranges";
import { timeTicks } from "./axes";
import { clockTicks, differ, digitsOf, evenTexts, linearTicks, logTicks } from "./ticks";

export interface Tick {
  at: number;
  text: string;
}

export interface Scale {
  /** The categories in their order; null where the axis is one of numbers. */
  categories: readonly string[] | null;
  /** The least and the largest number of the axis; null where it is one of categories. */
  ends: readonly [least: number, most: number] | null;
  log: boolean;
  /** null where a value has no place: it is missing, or nothing that this axis can show. */
  place: (value: unknown) => number | null;
  /** What stands at a place, in words. */
  text: (at: number) => string;
  /** At most about `most` of them. */
  ticks: (most: number) => Tick[];
  /** What a stretch of the axis means; null where it holds nothing. */
  between: (low: number, high: number) => Range | null;
  /** The stretch of the axis that a range covers; null where none does. */
  span: (range: Range) => [low: number, high: number] | null;
}

export interface ScaleOptions {
  log?: boolean;
  /** However few they are, the values have no ticks of their own: only what was chosen is told apart by them. */
  measured?: boolean;
  /** Ends of the axis, where they are not to follow the values. */
  low?: number | null;
  high?: number | null;
  /** Room beyond the values, as a share of their spread. */
  air?: number;
}

/** An axis that has a place for all of `values`. */
export function scaleOf(kind: FieldKind, values: readonly unknown[], options: ScaleOptions = {}): Scale {
  return kind === "category" ? categoryScale(values) : numberScale(kind, values, options);
}

function categoryScale(values: readonly unknown[]): Scale {
  const known = new Map<string, unknown>();
  for (const value of values) {
    if (value === undefined) continue;
    const text = formatParam(value);
    if (!known.has(text)) known.set(text, value);
  }
  const categories = [...known].sort(([, a], [, b]) => compareValues(a, b)).map(([text]) => text);
  const index = new Map(categories.map((text, i) => [text, i]));
  const count = Math.max(1, categories.length);
  const middle = (i: number) => (i + 0.5) / count;
  return {
    categories,
    ends: null,
    log: false,
    place: (value) => {
      const i = value === undefined ? undefined : index.get(formatParam(value));
      return i === undefined ? null : middle(i);
    },
    text: (at) => categories[Math.min(count - 1, Math.max(0, Math.floor(at * count)))] ?? "",
    ticks: (most) => {
      const every = Math.ceil(count / Math.max(1, most));
      return categories.map((text, i) => ({ at: middle(i), text })).filter((_, i) => i % every === 0);
    },
    between: (low, high) => {
      const among = categories.filter((_, i) => middle(i) >= low && middle(i) <= high);
      return among.length === 0 ? null : { among };
    },
    span: (range) => {
      if (!("among" in range)) return null;
      const found = range.among.flatMap((text) => index.get(text) ?? []);
      if (found.length === 0) return null;
      return [Math.min(...found) / count, (Math.max(...found) + 1) / count];
    },
  };
}

/** As many digits as a hand can mean, and as many as are said of a place. */
const DIGITS = 6;
const SAID = 4;
/** Seconds around a single time. */
const LONE_MOMENT = 10;
/** So few values each have their own tick, if they can be read at a glance: 16, 32, 0.003. */
const FEW = 8;
const GLANCE = 3;
/** How near to each other ticks may stand, as a share of their mean distance. */
const NEAREST = 0.6;

function numberScale(kind: FieldKind, values: readonly unknown[], options: ScaleOptions): Scale {
  const finite: number[] = [];
  for (const value of values) {
    const number = toNumber(value);
    if (number !== null && Number.isFinite(number)) finite.push(number);
  }
  const log = options.log === true && finite.some((number) => number > 0);
  const bend = log ? Math.log : (number: number) => number;
  const unbend = log ? Math.exp : (number: number) => number;
  const [least, most] = ends(log ? finite.filter((number) => number > 0) : finite);
  const given = [options.low ?? null, options.high ?? null].map((end) =>
    end === null || (log && end <= 0) ? null : end,
  );
  const [start, end] = [given[0] ?? least, given[1] ?? most];
  const [low, high] = [bend(start), bend(end)];
  const isWide = end > start && differ(start, end);
  const spread = isWide ? high - low : kind === "time" ? LONE_MOMENT : Math.abs(low) || 1;
  const air = spread * (options.air ?? 0);
  // A single value stands in the middle.
  const from = isWide ? low - (given[0] == null ? air : 0) : low - spread / 2;
  const to = isWide ? high + (given[1] == null ? air : 0) : low + spread / 2;
  const at = (number: number): number => (bend(number) - from) / (to - from);
  const valueAt = (place: number): number => unbend(from + place * (to - from));
  const rounded = (place: number): number =>
    kind === "time" ? valueAt(place) : Number(valueAt(place).toPrecision(DIGITS));
  const distinct = fewOf(finite, options.measured === true ? 1 : FEW);
  const words = (number: number, digits = SAID) => numberText({ kind }, number, digits);
  return {
    categories: null,
    ends: [Math.min(valueAt(0), least), Math.max(valueAt(1), most)],
    log,
    place: (value) => {
      const number = toNumber(value);
      return number === null || !Number.isFinite(number) || (log && number <= 0) ? null : at(number);
    },
    text: (place) => words(rounded(place)),
    ticks: (most) => {
      const [first, last] = [valueAt(0), valueAt(1)];
      if (kind === "time") {
        const { ticks, step } = clockTicks(first, last, most);
        const texts = timeTicks(ticks, step);
        return ticks.map((tick, i) => ({ at: at(tick), text: texts[i] ?? "" }));
      }
      const round = log ? logTicks : linearTicks;
      const ticks = distinct ?? round(first, last, most);
      // A duration is no plain number: 5.0 s, 10 s, 1 min 30 s.
      const isEven = kind === "number" && !log && distinct === null;
      const digits = digitsOf(ticks, SAID);
      const texts = isEven ? evenTexts(ticks, words, SAID) : ticks.map((tick) => words(tick, digits));
      return apart(
        ticks.map((tick, i) => ({ at: at(tick), text: texts[i] ?? "" })),
        NEAREST / Math.max(1, most),
      );
    },
    // A brush to the end leaves out nothing, also of what comes later.
    between: (a, b) => ({
      from: a <= 0 ? Number.NEGATIVE_INFINITY : rounded(a),
      to: b >= 1 ? Number.POSITIVE_INFINITY : rounded(b),
    }),
    span: (range) => {
      if ("among" in range) return null;
      const [a, b] = [log && range.from <= 0 ? 0 : at(range.from), log && range.to <= 0 ? -1 : at(range.to)];
      return b < 0 || a > 1 || b < a ? null : [Math.max(0, a), Math.min(1, b)];
    },
  };
}

function ends(numbers: readonly number[]): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > most) most = number;
  }
  return least <= most ? [least, most] : [0, 1];
}

/** The numbers themselves, ascending, where there are at most so many that are short, or one; else null. */
function fewOf(numbers: readonly number[], most: number): number[] | null {
  const found = new Set<number>();
  for (const number of numbers) if (found.add(number).size > most) return null;
  const few = [...found].sort((a, b) => a - b);
  return few.length === 1 || few.every((one) => Number(one.toPrecision(GLANCE)) === one) ? few : null;
}

/** Those on the axis that leave room for each other: its ends first, then what fits between them. */
function apart(ticks: readonly Tick[], distance: number): Tick[] {
  const slack = 1e-9;
  const inside = ticks.filter(({ at }) => at >= -slack && at <= 1 + slack);
  const last = inside.at(-1);
  const kept: Tick[] = [];
  for (const tick of inside) {
    const before = kept.at(-1);
    const fits = before === undefined || tick.at - before.at >= distance;
    if (tick === last || (fits && (last === undefined || last.at - tick.at >= distance))) kept.push(tick);
  }
  return kept;
}
