/** Runs as points, and the lines that follow them. Pure. */
import type { Run } from "../../api/types";
import { type Goal, isBetter } from "../../lib/bestSoFar";
import type { Field } from "../../view/fields";
import { numbersOf } from "../../view/runValues";
import type { Scale } from "../scale";

export interface Side {
  field: Field;
  title: string;
  scale: Scale;
}

export interface Points {
  /** By run, from 0 to 1; NaN where the run has no place. */
  xs: Float32Array;
  ys: Float32Array;
}

/** Runs of a category lie beside each other, not upon each other, always at the same place. */
const JITTER = 0.6;

export function pointsOf(runs: readonly Run[], x: Side, y: Side): Points {
  const place = ({ field, scale }: Side) => {
    const width = scale.categories === null ? 0 : JITTER / Math.max(1, scale.categories.length);
    return Float32Array.from(runs, (run, i) => {
      const at = scale.place(field.read(run));
      return at === null ? Number.NaN : at + width * (spread(i) - 0.5);
    });
  };
  return { xs: place(x), ys: place(y) };
}

/** The golden ratio's multiples fill 0 to 1 evenly, however many there are. */
const spread = (i: number): number => (0.5 + i * 0.618034) % 1;

/** Places are kept with few digits: a run at the very end of an axis may lie that far beyond. */
const ROUNDING = 1e-6;

const isWithin = (at = Number.NaN): boolean => at > -ROUNDING && at < 1 + ROUNDING;

/** Between the ends of both axes. */
const isPlaced = ({ xs, ys }: Points, run: number): boolean => isWithin(xs[run]) && isWithin(ys[run]);

/** Runs with a place between the ends of both axes, of all or of those with a mark. */
export function countPlaced(points: Points, marks?: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < points.xs.length; i++) if (marks?.[i] !== 0 && isPlaced(points, i)) sum += 1;
  return sum;
}

export const RUNNING = { best: "Best so far", min: "Minimum", max: "Maximum", mean: "Mean" } as const;
export type Running = keyof typeof RUNNING;

export interface RunningLine {
  kind: Running;
  /** Indexes of runs in the order of x, and the line's value from each on. */
  runs: readonly number[];
  values: readonly number[];
}

/** `kind` of the values of y up to each run, in the order of x. Only runs with a mark and a number count. */
export function runningLine(
  kind: Running,
  goal: Goal,
  runs: readonly Run[],
  marks: Uint8Array,
  points: Points,
  y: Field,
): RunningLine {
  const numbers = numbersOf(runs, y);
  const counted = inOrderOfX(points).filter((i) => marks[i] === 1 && Number.isFinite(numbers[i]));
  const end = kind === "best" ? goal : kind === "min" ? "minimize" : "maximize";
  let so = Number.NaN;
  const values = counted.map((run, i) => {
    const value = numbers[run] as number;
    if (i === 0) so = value;
    else if (kind === "mean") so += (value - so) / (i + 1);
    else if (isBetter(value, so, end)) so = value;
    return so;
  });
  return { kind, runs: counted, values };
}

const orders = new WeakMap<Points, readonly number[]>();

/** Runs that have a place, from the left; worked out once, because ranges are brushed far more often than points move. */
function inOrderOfX(points: Points): readonly number[] {
  const known = orders.get(points);
  if (known !== undefined) return known;
  const { xs } = points;
  const order = [...xs.keys()].filter((run) => !Number.isNaN(xs[run]));
  order.sort((a, b) => (xs[a] as number) - (xs[b] as number));
  orders.set(points, order);
  return order;
}

/** Runs at which the line moves: the records. */
export const records = ({ runs, values }: RunningLine): number[] =>
  runs.filter((_, i) => i === 0 || values[i] !== values[i - 1]);

export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const at = (
  { xs, ys }: Points,
  { left, top, width, height }: Frame,
  run: number,
): [number, number] => [left + (xs[run] as number) * width, top + (1 - (ys[run] as number)) * height];

/** Index of the point nearest to (x, y) among those with a mark that are drawn, at most `reach` pixels away; -1 without. */
export function nearestPoint(
  points: Points,
  marks: Uint8Array,
  frame: Frame,
  x: number,
  y: number,
  reach: number,
): number {
  let found = -1;
  let least = reach ** 2;
  for (let run = 0; run < marks.length; run++) {
    if (marks[run] === 0 || !isPlaced(points, run)) continue;
    const [px, py] = at(points, frame, run);
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) {
      least = distance;
      found = run;
    }
  }
  return found;
}
