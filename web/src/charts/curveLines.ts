/** From logged curves to the lines of a chart: an expression over metrics, against what was asked for, smoothed. */
import { type RunCurve, type StepRange, stepRange } from "../api/curveRange";
import type { Curve } from "../api/types";
import { toNumber } from "../lib/format";
import type { CurveSettings } from "./curveSettings";
import { type Emphasis, type Line, lowerBound } from "./curves";
import type { Expression } from "./expression";
import { smooth } from "./smoothing";

/** What curves are drawn against. */
export interface Against {
  name: string;
  kind: "step" | "number" | "time" | "duration";
}

/** The key under which the server tells when each row was logged. */
const TIMES = "_timestamp";

const STEP: Against = { name: "step", kind: "step" };
const RELATIVE: Against = { name: "time since its start", kind: "duration" };
const WALL: Against = { name: "time", kind: "time" };

/** `x` as in the settings. */
export function againstOf(x: string): Against {
  if (x === "relative") return RELATIVE;
  if (x === "wall") return WALL;
  return x.startsWith("key:") ? { name: x.slice(4), kind: "number" } : STEP;
}

/** The curve that is needed for the x axis; null for steps. */
export function keyOfX(x: string): string | null {
  if (x === "step") return null;
  return x.startsWith("key:") ? x.slice(4) : TIMES;
}

/** A run with what it has logged. */
export interface Source {
  runId: string;
  emphasis: Emphasis;
  /** Of its line. */
  color: string;
  started: number | null;
  /** Early stopping ended it: its line ends in a mark. */
  stopped: boolean;
  curveOf: (key: string) => RunCurve | undefined;
}

export function linesOf(sources: readonly Source[], value: Expression, settings: CurveSettings): Line[] {
  return sources.flatMap((source) => {
    const curve = computed(source, value);
    if (curve === null || curve.steps.length === 0) return [];
    const found = placed(curve, source, settings.x);
    if (found === null || found.line.steps.length === 0) return [];
    const { line, indexOf } = found;
    if (settings.smoothing === "none") return [line];
    const evenly = Math.max(1, curve.total / curve.steps.length);
    const thinned = (at: number) => curve.thinned?.(indexOf(at)) ?? evenly;
    const amount = settings.smoothing === "ema" ? settings.weight : settings.width;
    return [{ ...line, values: smooth(line.values, settings.smoothing, amount, thinned), raw: line.values }];
  });
}

interface Values {
  steps: readonly number[];
  values: readonly (number | null)[];
  total: number;
  thinned?: ((at: number) => number) | undefined;
}

/**
 * A single metric as it is; of several the value at each point of any of them, from the first to the last of the first one,
 * so that no spike of another falls between two of its points.
 */
function computed(source: Source, { keys, compute }: Expression): Values | null {
  const curves = keys.map((key) => source.curveOf(key)).filter((curve) => curve !== undefined);
  const [first] = curves;
  if (first === undefined || curves.length < keys.length) return null;
  if (curves.some((curve) => curve.steps.length === 0)) return null;
  const steps = curves.length === 1 ? first.steps : stepsOfAll(curves, first);
  const row = new Map<string, number>();
  const values = steps.map((step, i) => {
    for (const [j, curve] of curves.entries()) {
      const at = steps === curve.steps ? i : lowerBound(curve.steps, step);
      row.set(keys[j] as string, valueAtStep(curve, step, at) ?? Number.NaN);
    }
    return compute((key) => row.get(key) ?? Number.NaN);
  });
  if (steps === first.steps) return { steps, values, total: first.total, thinned: first.thinned };
  const fullest = curves.reduce((most, curve) => (curve.total > most.total ? curve : most));
  return { steps, values, total: fullest.total, thinned: sharedBy(steps, fullest) };
}

/** At which any of the curves has a point, within the reach of one. */
function stepsOfAll(curves: readonly Curve[], { steps }: Curve): number[] {
  const [from, to] = [steps[0] as number, steps.at(-1) as number];
  const all = new Set(curves.flatMap((curve) => curve.steps));
  return [...all].filter((step) => step >= from && step <= to).sort((a, b) => a - b);
}

/** How many logged values each of the steps stands for: those that lie between two points of the curve share what it left out. */
function sharedBy(steps: readonly number[], curve: RunCurve): (at: number) => number {
  const evenly = curve.total / curve.steps.length;
  const behind = steps.map((step) => lowerBound(curve.steps, step));
  const shared = new Map<number, number>();
  for (const point of behind) shared.set(point, (shared.get(point) ?? 0) + 1);
  return (at) => {
    const point = behind[at] as number;
    return Math.max(1, (curve.thinned?.(point) ?? evenly) / (shared.get(point) ?? 1));
  };
}

interface Placed {
  line: Line;
  /** Where the point at an index of the line is on its curve. */
  indexOf: (at: number) => number;
}

/** The values moved to their places on the x axis; null where the run has not logged what is shown there. */
function placed({ steps, values }: Values, source: Source, x: string): Placed | null {
  const { runId, emphasis, color, stopped } = source;
  const line = { runId, emphasis, color, stopped };
  const key = keyOfX(x);
  if (key === null) return { line: { ...line, steps, values }, indexOf: (at) => at };
  const other = source.curveOf(key);
  if (other === undefined || other.steps.length === 0) return null;
  const start = startOf(source, x, other);
  const points: [x: number, index: number][] = [];
  for (const [i, step] of steps.entries()) {
    const at = valueAtStep(other, step);
    if (at !== null && Number.isFinite(at)) points.push([at - start, i]);
  }
  points.sort((a, b) => a[0] - b[0]);
  const moved = points.map(([, index]) => values[index] ?? null);
  return {
    line: { ...line, steps: points.map(([at]) => at), values: moved },
    indexOf: (at) => points[at]?.[1] ?? at,
  };
}

/** Where a curve was thinned, the value lies between its neighbours; beyond its ends it is the nearest one. */
function valueAtStep({ steps, values }: Curve, step: number, i = lowerBound(steps, step)): number | null {
  const [at, after] = [steps[i], toNumber(values[i])];
  if (at === step) return after;
  const before = toNumber(values[i - 1]);
  if (before === null || after === null) return before ?? after;
  const from = steps[i - 1] as number;
  return before + ((after - before) * (step - from)) / ((at as number) - from);
}

/** Where the x axis begins for a run, on the axis of its curve. */
const startOf = ({ started }: Pick<Source, "started">, x: string, curve: Curve): number =>
  x === "relative" ? (started ?? toNumber(curve.values[0]) ?? 0) : 0;

/** The steps at which runs are in this part of the x axis; null where that cannot be said. */
export function stepsWithin(
  window: readonly [from: number, to: number],
  sources: readonly Pick<Source, "started" | "curveOf">[],
  x: string,
): StepRange | null {
  const key = keyOfX(x);
  if (key === null) return stepRange(...window);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const source of sources) {
    const curve = source.curveOf(key);
    if (curve === undefined) continue;
    const start = startOf(source, x, curve);
    for (const [i, value] of curve.values.entries()) {
      const at = (toNumber(value) ?? Number.NaN) - start;
      if (!(at >= window[0] && at <= window[1])) continue;
      // Between this point and its neighbours others were left out.
      first = Math.min(first, curve.steps[i - 1] ?? (curve.steps[i] as number));
      last = Math.max(last, curve.steps[i + 1] ?? (curve.steps[i] as number));
    }
  }
  return first <= last ? stepRange(first, last) : null;
}
