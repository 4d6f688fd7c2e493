/** Points and their lines on a canvas, in CSS pixels. */
import type { Colors } from "../colors";
import type { Scale } from "../scale";
import { at, type Frame, type Points, type RunningLine } from "./points";

/** What colours a point: nothing, its run, or a value. */
export type Paint =
  | { by: "plain" }
  | { by: "run"; colors: readonly string[] }
  | { by: "value"; shades: Int8Array };

/** So many points are squares, each by itself: they are as small, and a path of so many takes three times as long. */
const MANY = 3000;

const inside = ({ left, top, width, height }: Frame, x: number, y: number): boolean =>
  x >= left - 1 && x <= left + width + 1 && y >= top - 1 && y <= top + height + 1;

/** Those of one colour. */
function drawPoints(
  ctx: CanvasRenderingContext2D,
  points: Points,
  frame: Frame,
  runs: readonly number[],
  radius: number,
  square: boolean,
): void {
  ctx.beginPath();
  for (const run of runs) {
    const x = frame.left + (points.xs[run] as number) * frame.width;
    const y = frame.top + (1 - (points.ys[run] as number)) * frame.height;
    if (!inside(frame, x, y)) continue; // NaN is inside of nothing
    if (square) ctx.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    else {
      ctx.moveTo(x + radius, y);
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }
  if (!square) ctx.fill();
}

export interface Look {
  /** Of a point, in pixels. */
  radius: number;
  /** How strong the points are, from 0 to 1. */
  strength: number;
  /** With an edge in the colour of the page: seen on whatever lies below. */
  edged?: boolean;
}

/** All points: first those without a mark, faint, then the others in their colours. */
export function drawAll(
  ctx: CanvasRenderingContext2D,
  points: Points,
  frame: Frame,
  marks: Uint8Array,
  paint: Paint,
  colors: Colors,
  palette: readonly string[],
  { radius, strength, edged = false }: Look,
): void {
  const square = marks.length > MANY;
  const behind: number[] = [];
  const groups = new Map<string, number[]>();
  for (let run = 0; run < marks.length; run++) {
    if (marks[run] === 0) {
      behind.push(run);
      continue;
    }
    const color = colorOf(run, paint, colors, palette);
    const group = groups.get(color);
    if (group === undefined) groups.set(color, [run]);
    else group.push(run);
  }
  ctx.fillStyle = colors.dim;
  ctx.globalAlpha = 0.25;
  drawPoints(ctx, points, frame, behind, radius, square);
  ctx.globalAlpha = strength * Math.max(0.35, Math.min(0.8, 20 / Math.sqrt(marks.length - behind.length)));
  for (const [color, runs] of groups) {
    if (edged) {
      ctx.fillStyle = colors.surface;
      drawPoints(ctx, points, frame, runs, radius + 1, square);
    }
    ctx.fillStyle = color;
    drawPoints(ctx, points, frame, runs, radius, square);
  }
  ctx.globalAlpha = 1;
}

function colorOf(run: number, paint: Paint, colors: Colors, palette: readonly string[]): string {
  if (paint.by === "run") return colors.of(paint.colors[run] ?? colors.dot);
  if (paint.by === "value") return palette[paint.shades[run] as number] ?? colors.dim;
  return colors.dot;
}

/** A line that holds its value until the next run; a mean goes straight from run to run. */
export function drawRunning(
  ctx: CanvasRenderingContext2D,
  points: Points,
  frame: Frame,
  line: RunningLine,
  scale: Scale,
  colors: Colors,
): void {
  const color = line.kind === "best" ? colors.best : colors.text;
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.left - 6, frame.top - 6, frame.width + 12, frame.height + 12);
  ctx.clip();
  ctx.strokeStyle = color;
  ctx.lineWidth = line.kind === "best" ? 1.8 : 1.4;
  ctx.setLineDash({ best: [], min: [2, 3], max: [6, 3], mean: [] }[line.kind]);
  ctx.beginPath();
  let before: number | null = null;
  const last = line.runs.length - 1;
  line.runs.forEach((run, i) => {
    // Between two records a line that holds its value goes straight on.
    if (line.kind !== "mean" && i > 0 && i < last && line.values[i] === line.values[i - 1]) return;
    const place = scale.place(line.values[i]);
    if (place === null) return;
    const x = frame.left + (points.xs[run] as number) * frame.width;
    const y = frame.top + (1 - place) * frame.height;
    if (before === null) ctx.moveTo(x, y);
    else {
      if (line.kind !== "mean") ctx.lineTo(x, before);
      ctx.lineTo(x, y);
    }
    before = y;
  });
  ctx.stroke();
  ctx.restore();
}

/** Rings on what is to be found at once. */
export function drawRings(
  ctx: CanvasRenderingContext2D,
  points: Points,
  frame: Frame,
  runs: readonly number[],
  color: string,
  fill: string,
  radius: number,
): void {
  ctx.strokeStyle = color;
  ctx.fillStyle = fill;
  ctx.lineWidth = 1.8;
  for (const run of runs) {
    const [x, y] = at(points, frame, run);
    if (!inside(frame, x, y)) continue;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
}

const LABEL_HEIGHT = 12;

/** Names beside points, as many as do not lie upon each other. */
export function drawLabels(
  ctx: CanvasRenderingContext2D,
  points: Points,
  frame: Frame,
  marks: Uint8Array,
  nameOf: (run: number) => string,
  color: string,
): void {
  ctx.fillStyle = color;
  ctx.font = "11px system-ui, sans-serif";
  ctx.textBaseline = "middle";
  const taken: [left: number, right: number, y: number][] = [];
  for (let run = 0; run < marks.length; run++) {
    const [x, y] = at(points, frame, run);
    if (marks[run] === 0 || !inside(frame, x, y)) continue;
    const name = nameOf(run);
    const width = ctx.measureText(name).width;
    const left = x + 7 + width > frame.left + frame.width ? x - 7 - width : x + 7;
    const free = taken.every(
      ([from, to, other]) => left > to || left + width < from || Math.abs(other - y) > LABEL_HEIGHT,
    );
    if (!free) continue;
    ctx.fillText(name, left, y);
    taken.push([left, left + width, y]);
  }
}
