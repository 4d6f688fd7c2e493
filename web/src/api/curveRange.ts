/** A part of a curve, with more of its points: which steps to ask for, and how it fits into the whole. */
import type { Curve } from "./types";

/** The first and the last step. */
export type StepRange = readonly [first: number, last: number];

export interface RunCurve extends Curve {
  /** How many logged values the point at an index stands for, where that is not the same for all. */
  thinned?: (at: number) => number;
}

const GREATEST_STEP = 2 ** 53;
/** A range is a few units wide, so that a small move of the window asks for nothing new. */
const UNITS = 4;

/** The steps to ask for so that a chart can show this part of its axis. An end that is left open is infinite. */
export function stepRange(from: number, to: number): StepRange {
  const [first, last] = [Math.max(-GREATEST_STEP, from), Math.min(GREATEST_STEP, to)];
  const unit = 2 ** Math.max(0, Math.floor(Math.log2((last - first) / UNITS)));
  return [
    Math.max(-GREATEST_STEP, Math.floor(first / unit) * unit),
    Math.min(GREATEST_STEP, Math.ceil(last / unit) * unit),
  ];
}

/** The curve with the points behind its last one. */
export function lengthened(curve: Curve, { steps, values }: Pick<Curve, "steps" | "values">): Curve {
  const last = curve.steps.at(-1) ?? Number.NEGATIVE_INFINITY;
  const begin = steps.findIndex((step) => step > last);
  if (begin < 0) return curve;
  return {
    ...curve,
    steps: [...curve.steps, ...steps.slice(begin)],
    values: [...curve.values, ...values.slice(begin)],
    total: curve.total + steps.length - begin,
  };
}

/** The `coarse` curve with the points of `part` where it has any. */
export function joined(coarse: Curve, part: Curve): RunCurve {
  const [first, last] = [part.steps[0], part.steps.at(-1)];
  if (first === undefined || last === undefined) return coarse;
  const before = coarse.steps.findIndex((step) => step >= first);
  const after = coarse.steps.findLastIndex((step) => step <= last) + 1;
  const [begin, end] = [before < 0 ? coarse.steps.length : before, Math.max(after, 0)];
  const outside = begin + coarse.steps.length - end;
  const thinnedOutside = (coarse.total - part.total) / Math.max(1, outside);
  const thinnedInside = part.total / part.steps.length;
  return {
    ...coarse,
    steps: [...coarse.steps.slice(0, begin), ...part.steps, ...coarse.steps.slice(end)],
    values: [...coarse.values.slice(0, begin), ...part.values, ...coarse.values.slice(end)],
    thinned: (at) =>
      Math.max(1, at >= begin && at < begin + part.steps.length ? thinnedInside : thinnedOutside),
  };
}
