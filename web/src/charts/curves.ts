/** The lines of a chart, and how far they reach. */

export type Emphasis = "best" | "normal" | "dim";

export type Numbers = readonly (number | null)[];

/** A curve with its numbers decoded; where a value is not finite the line has a gap. */
export interface Line {
  /** Of a group: its name. */
  runId: string;
  emphasis: Emphasis;
  /** As CSS takes it: see `view/runColors`. */
  color: string;
  /** Places on the x axis, ascending. */
  steps: readonly number[];
  values: Numbers;
  /** What was logged, faint behind smoothed values. */
  raw?: Numbers;
  /** Spread of a group around its mean. */
  low?: Numbers;
  high?: Numbers;
  /** How many runs a group has. */
  members?: number;
  /** Ended by early stopping: its end is marked. */
  stopped?: boolean;
  /** Broken, because another line has its colour. */
  dashed?: boolean;
}

/** More lines than these cannot be told apart by how they are drawn. */
export const FEW = 8;

/** Few lines differ even where two runs have the same colour. */
export function toldApart(lines: readonly Line[]): readonly Line[] {
  if (lines.length > FEW) return lines;
  const taken = new Set<string>();
  return lines.map((line) => {
    if (line.emphasis === "dim" || !taken.has(line.color)) {
      taken.add(line.color);
      return line;
    }
    return { ...line, dashed: true };
  });
}

export interface Extent {
  x: [number, number];
  y: [number, number];
}

interface Window {
  /** Only what lies in this part of the x axis counts. */
  x?: readonly [number, number] | undefined;
  /** Only positive places and values count. */
  positiveX?: boolean;
  positiveY?: boolean;
}

/** Smallest and largest place and finite value; null without any. */
export function extent(lines: readonly Line[], window: Window = {}): Extent | null {
  const x: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const y: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const [from, to] = window.x ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { steps, values, low, high } of lines) {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as number;
      const value = values[i];
      if (step < from || step > to || (window.positiveX && step <= 0)) continue;
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      if (step < x[0]) x[0] = step;
      if (step > x[1]) x[1] = step;
      for (const bound of low === undefined ? [value] : [low[i] as number, high?.[i] as number]) {
        if (window.positiveY && bound <= 0) continue;
        if (bound < y[0]) y[0] = bound;
        if (bound > y[1]) y[1] = bound;
      }
    }
  }
  return x[0] <= x[1] && y[0] <= y[1] ? { x, y } : null;
}

const OUTERMOST = 0.05;

/** The range of the values in a part of the x axis without the outermost twentieth at either end; null without any value. */
export function innerRange(
  lines: readonly Line[],
  [from, to]: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): [number, number] | null {
  const values = lines.flatMap(({ steps, values }) =>
    values.filter((value, i) => {
      const step = steps[i] as number;
      return step >= from && step <= to && value !== null && Number.isFinite(value);
    }),
  );
  const sorted = Float64Array.from(values as number[]).sort();
  if (sorted.length === 0) return null;
  const cut = Math.floor(sorted.length * OUTERMOST);
  return [sorted[cut] as number, sorted[sorted.length - 1 - cut] as number];
}

/** Index of the first of the ascending `sorted` that is not below `value`. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
