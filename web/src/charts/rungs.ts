/** Where early stopping compares runs, drawn into their curves. */
import type uPlot from "uplot";
import type { components } from "../api/schema";
import { plural } from "../lib/format";
import type { Colors } from "./colors";
import { positionOf } from "./drawing";

export type Rungs = components["schemas"]["RungPage"];

const TICK = 14;
const DASH = [3, 4];
const FONT = 11;
/** Pixels between a rung's line and what is written behind it. */
const AIR = 4;

/** A line at each rung, a bar at what a run must not be worse than, and how many ended there, in as many words as there is room for. */
export function drawRungs(plot: uPlot, page: Rungs | undefined, colors: Colors): void {
  if (page === undefined) return;
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const [x, y] = [positionOf(plot, "x", true), positionOf(plot, "y", true)];
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colors.text;
  ctx.fillStyle = colors.text;
  ctx.textAlign = "left"; // the plot's axes leave theirs behind
  ctx.textBaseline = "alphabetic";
  ctx.font = `${FONT * scale}px system-ui, sans-serif`;
  const end = bbox.left + bbox.width;
  const shown = page.rungs
    .map((rung) => ({ ...rung, left: x(rung.step ?? Number.NaN) }))
    .filter(({ left }) => left >= bbox.left && left <= end);
  for (const [i, { left, threshold, stopped }] of shown.entries()) {
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = scale;
    ctx.setLineDash(DASH.map((length) => length * scale));
    stroke(ctx, left, bbox.top, left, bbox.top + bbox.height);
    ctx.globalAlpha = 0.9;
    ctx.setLineDash([]);
    if (typeof threshold === "number") {
      ctx.lineWidth = 2.5 * scale;
      stroke(ctx, left - (TICK / 2) * scale, y(threshold), left + (TICK / 2) * scale, y(threshold));
    }
    if (stopped === 0) continue;
    const room = (shown[i + 1]?.left ?? end) - left - 2 * AIR * scale;
    const words = [`${stopped} stopped`, `${stopped}`].find((text) => ctx.measureText(text).width <= room);
    if (words !== undefined) ctx.fillText(words, left + AIR * scale, bbox.top + FONT * scale);
  }
  ctx.restore();
}

function stroke(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

/** What is drawn, in words; null without rungs. */
export function rungWords(page: Rungs | undefined): string | null {
  if (page === undefined || page.rungs.length === 0) return null;
  const stopped = page.rungs.reduce((sum, rung) => sum + rung.stopped, 0);
  // Which is not how many are stopped by now: a program may take its time to end.
  const told = stopped === 0 ? "nothing stopped" : `${stopped} told to stop`;
  return `${plural(page.rungs.length, "rung")} of ${page.rule}, ${told}`;
}
