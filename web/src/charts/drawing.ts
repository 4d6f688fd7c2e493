/** Lines on a plot: how they are drawn, and which of them is under the cursor. */
import type uPlot from "uplot";
import type { Colors } from "./colors";
import { type Emphasis, FEW, type Line, lowerBound, type Numbers } from "./curves";

/** From a value of the scale to a pixel: uPlot's own way costs more than all else of drawing thousands of points. */
export function positionOf(plot: uPlot, axis: "x" | "y", onCanvas: boolean): (value: number) => number {
  const { min = 0, max = 1, distr } = plot.scales[axis] ?? {};
  const [from, to] = [plot.valToPos(min ?? 0, axis, onCanvas), plot.valToPos(max ?? 1, axis, onCanvas)];
  if (distr === 3) {
    const [low, span] = [Math.log(min ?? 1), Math.log(max ?? 1) - Math.log(min ?? 1)];
    return (value) => (value > 0 ? from + ((Math.log(value) - low) / span) * (to - from) : Number.NaN);
  }
  const slope = (to - from) / ((max ?? 1) - (min ?? 0) || 1);
  return (value) => from + (value - (min ?? 0)) * slope;
}

const DASH = [5, 3];
const REACH = 6;

const ORDER: Emphasis[] = ["dim", "normal", "best"];

/** Draws all lines on the plot's canvas, the emphasised ones on top. By hand, because uPlot's own series slow down by the hundred. */
export function drawLines(plot: uPlot, lines: readonly Line[], colors: Colors): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  // A dot at the very edge is whole.
  const reach = REACH * devicePixelRatio;
  ctx.rect(bbox.left - reach, bbox.top - reach, bbox.width + 2 * reach, bbox.height + 2 * reach);
  ctx.clip();
  ctx.lineJoin = "round";
  const density = Math.min(1, 40 / Math.max(1, lines.length));
  const pen = { ctx, x: positionOf(plot, "x", true), y: positionOf(plot, "y", true) };
  const looks: Record<Emphasis, { width: number; alpha: number }> = {
    dim: { width: 1, alpha: 0.2 + 0.35 * density },
    normal: { width: lines.length > FEW ? 1.2 : 1.7, alpha: 0.35 + 0.5 * density },
    best: { width: 2.6, alpha: 1 },
  };
  for (const emphasis of ORDER) {
    const { width, alpha } = looks[emphasis];
    for (const line of lines) {
      if (line.emphasis !== emphasis) continue;
      const color = emphasis === "dim" ? colors.dim : colors.of(line.color);
      ctx.strokeStyle = color;
      ctx.fillStyle = color;
      ctx.lineWidth = width * devicePixelRatio;
      if (line.low !== undefined) {
        ctx.globalAlpha = 0.16;
        fillBand(pen, line);
      }
      if (line.raw !== undefined) {
        ctx.globalAlpha = alpha * 0.22;
        drawValues(pen, line.steps, line.raw);
      }
      ctx.globalAlpha = alpha;
      if (line.dashed) ctx.setLineDash(DASH.map((length) => length * devicePixelRatio));
      drawValues(pen, line.steps, line.values);
      ctx.setLineDash([]);
      if (line.stopped) markEnd(pen, line);
    }
  }
  ctx.restore();
}

interface Pen {
  ctx: CanvasRenderingContext2D;
  x: (value: number) => number;
  y: (value: number) => number;
}

/** A value with a gap on either side is a dot, so that it can be seen; a larger one where it is all that there is. */
function drawValues({ ctx, x, y }: Pen, steps: readonly number[], values: Numbers): void {
  let count = 0;
  let left = 0;
  let top = 0;
  const end = () => {
    if (count === 1) {
      ctx.beginPath();
      ctx.arc(left, top, ctx.lineWidth * (steps.length === 1 ? 2 : 1.3), 0, 2 * Math.PI);
      ctx.fill();
    } else if (count > 1) ctx.stroke();
    count = 0;
  };
  for (let i = 0; i < steps.length; i++) {
    const value = values[i];
    const [px, py] =
      value === null || value === undefined ? [Number.NaN, Number.NaN] : [x(steps[i] as number), y(value)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      end();
      continue;
    }
    [left, top] = [px, py];
    if (count === 0) {
      ctx.beginPath();
      ctx.moveTo(left, top);
    } else ctx.lineTo(left, top);
    count += 1;
  }
  end();
}

function fillBand({ ctx, x, y }: Pen, { steps, low = [], high = [] }: Line): void {
  ctx.beginPath();
  for (const [i, step] of steps.entries()) ctx.lineTo(x(step), y(high[i] as number));
  for (let i = steps.length - 1; i >= 0; i--) ctx.lineTo(x(steps[i] as number), y(low[i] as number));
  ctx.fill();
}

const MARK = 3.5;

/** A short bar across the end of the line: it was cut off here. */
function markEnd({ ctx, x, y }: Pen, { steps, values }: Line): void {
  const last = values.findLastIndex((value) => value !== null && Number.isFinite(value));
  if (last < 0) return;
  const [left, top] = [x(steps[last] as number), y(values[last] as number)];
  ctx.beginPath();
  ctx.moveTo(left, top - MARK * devicePixelRatio);
  ctx.lineTo(left, top + MARK * devicePixelRatio);
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.stroke();
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
  const [x, y] = [positionOf(plot, "x", false), positionOf(plot, "y", false)];
  let hit: Hit | null = null;
  let least = reach;
  for (const line of lines) {
    const { steps, values } = line;
    const i = lowerBound(steps, at);
    for (const near of [i - 1, i]) {
      const [step, value] = [steps[near], values[near]];
      if (step === undefined || value === null || value === undefined || !Number.isFinite(value)) continue;
      const distance = Math.hypot((x(step) - left) / 3, y(value) - top);
      if (distance < least) {
        least = distance;
        hit = { line, step, value };
      }
    }
  }
  return hit;
}

/** One line, and a dot on it, on a canvas over the plot: the others need not be drawn again. */
export function highlight(
  plot: uPlot,
  canvas: HTMLCanvasElement,
  line: Line | undefined,
  dot: { step: number; value: number } | null,
  color: string,
): void {
  const [width, height] = [plot.over.clientWidth, plot.over.clientHeight];
  if (canvas.width !== width * devicePixelRatio) canvas.width = width * devicePixelRatio;
  if (canvas.height !== height * devicePixelRatio) canvas.height = height * devicePixelRatio;
  const ctx = canvas.getContext("2d");
  if (ctx === null) return;
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  if (line === undefined) return;
  const pen = { ctx, x: positionOf(plot, "x", false), y: positionOf(plot, "y", false) };
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 2;
  ctx.lineJoin = "round";
  drawValues(pen, line.steps, line.values);
  if (dot === null) return;
  ctx.beginPath();
  ctx.arc(pen.x(dot.step), pen.y(dot.value), 3.5, 0, 2 * Math.PI);
  ctx.fill();
}
