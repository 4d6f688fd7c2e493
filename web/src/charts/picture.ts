/** A plot as a picture that stands by itself: with its title, on the colour of its card. */
import type uPlot from "uplot";
import { pngOf } from "../lib/cardPicture";

const TITLE = 32;
const PADDING = 12;
const FONT = '600 14px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export async function pictureOf(plot: uPlot, title: string): Promise<Blob> {
  const source = plot.ctx.canvas;
  const scale = devicePixelRatio;
  const canvas = document.createElement("canvas");
  canvas.width = source.width + 2 * PADDING * scale;
  canvas.height = source.height + (TITLE + 2 * PADDING) * scale;
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("This browser draws no pictures.");
  const card = getComputedStyle(plot.root.closest("section, dialog") ?? document.body);
  ctx.fillStyle = card.backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(source, PADDING * scale, (PADDING + TITLE) * scale);
  ctx.scale(scale, scale);
  ctx.fillStyle = card.color;
  ctx.font = FONT;
  ctx.textBaseline = "middle";
  ctx.fillText(title, PADDING, PADDING + TITLE / 2);
  return pngOf(canvas);
}
