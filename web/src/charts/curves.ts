import type uPlot from "uplot";
import type { Curve } from "../api/types";
import { toNumber } from "../lib/format";
import type { Colors } from "./colors";

export type Emphasis = "best" | "normal" | "dim";

/** A curve with its numbers decoded; where a value is not finite the line has a gap. */
export interface Line {
  runId: string;
  emphasis: Emphasis;
  steps: readonly number[];
  values: readonly (number | null)[];
}

export function toLine(curve: Curve, emphasis: Emphasis): Line {
  return { runId: curve.run_id, emphasis, steps: curve.steps, values: curve.values.map(toNumber) };
}

export interface Extent {
  x: [number, number];
  y: [number, number];
}

/** Smallest and largest step and finite value; null without any. */
export function extent(lines: readonly Line[]): Extent | null {
  const x: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const y: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { steps, values } of lines) {
    for (let i = 0; i < steps.length; i++) {
      const value = values[i];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      const step = steps[i] as number;
      if (step < x[0]) x[0] = step;
      if (step > x[1]) x[1] = step;
      if (value < y[0]) y[0] = value;
      if (value > y[1]) y[1] = value;
    }
  }
  return x[0] <= x[1] ? { x, y } : null;
}

/** As many lines can be told apart when they are thick. */
const FEW = 8;

const ORDER: Emphasis[] = ["dim", "normal", "best"];

/** Draws all lines on the plot's canvas, the emphasised ones on top. By hand, because uPlot's own series slow down by the hundred. */
export function drawLines(plot: uPlot, lines: readonly Line[], colors: Colors): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  const density = Math.min(1, 40 / Math.max(1, lines.length));
  const looks: Record<Emphasis, { stroke: string; width: number; alpha: number }> = {
    dim: { stroke: colors.dim, width: 1, alpha: 0.2 + 0.35 * density },
    normal: { stroke: colors.dot, width: lines.length > FEW ? 1.2 : 1.7, alpha: 0.3 + 0.5 * density },
    best: { stroke: colors.best, width: 2.2, alpha: 1 },
  };
  for (const emphasis of ORDER) {
    const { stroke, width, alpha } = looks[emphasis];
    ctx.strokeStyle = stroke;
    ctx.fillStyle = stroke;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.globalAlpha = alpha;
    for (const line of lines) if (line.emphasis === emphasis) drawLine(plot, ctx, line);
  }
  ctx.restore();
}

/** One line; a value with a gap on either side is a dot, so that it can be seen. */
export function drawLine(
  plot: uPlot,
  ctx: CanvasRenderingContext2D,
  { steps, values }: Line,
  inCss = false,
): void {
  let count = 0;
  let x = 0;
  let y = 0;
  const end = () => {
    if (count === 1) {
      ctx.beginPath();
      ctx.arc(x, y, ctx.lineWidth * 1.3, 0, 2 * Math.PI);
      ctx.fill();
    } else if (count > 1) ctx.stroke();
    count = 0;
  };
  for (let i = 0; i < steps.length; i++) {
    const value = values[i];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      end();
      continue;
    }
    x = plot.valToPos(steps[i] as number, "x", !inCss);
    y = plot.valToPos(value, "y", !inCss);
    if (count === 0) {
      ctx.beginPath();
      ctx.moveTo(x, y);
    } else ctx.lineTo(x, y);
    count += 1;
  }
  end();
}

export interface Hit {
  line: Line;
  step: number;
  value: number;
}

/** The line that passes nearest to (left, top), at most `reach` pixels away in height. */
export function hitLine(
  plot: uPlot,
  lines: readonly Line[],
  left: number,
  top: number,
  reach: number,
): Hit | null {
  const at = plot.posToVal(left, "x");
  let hit: Hit | null = null;
  let least = reach;
  for (const line of lines) {
    const { steps, values } = line;
    const i = lowerBound(steps, at);
    for (const near of [i - 1, i]) {
      const [step, value] = [steps[near], values[near]];
      if (step === undefined || value === null || value === undefined || !Number.isFinite(value)) continue;
      const distance = Math.hypot((plot.valToPos(step, "x") - left) / 3, plot.valToPos(value, "y") - top);
      if (distance < least) {
        least = distance;
        hit = { line, step, value };
      }
    }
  }
  return hit;
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
