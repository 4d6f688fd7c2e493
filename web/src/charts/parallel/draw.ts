/** Thousands of lines on a canvas: few paths, one colour after the other, the best on top. */
import { type Column, type Geometry, heightOf } from "./lines";

/** Lines per path: many in one are quicker, too many slow the filling of crossings down. */
const PER_PATH = 128;

function addLine(
  ctx: CanvasRenderingContext2D,
  columns: readonly Column[],
  geometry: Geometry,
  run: number,
): void {
  for (let a = 0; a < columns.length; a++) {
    const x = geometry.xs[a] as number;
    const y = heightOf((columns[a] as Column).places[run] as number, geometry);
    if (a === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  }
}

function strokeLines(
  ctx: CanvasRenderingContext2D,
  columns: readonly Column[],
  geometry: Geometry,
  runs: readonly number[],
): void {
  for (let from = 0; from < runs.length; from += PER_PATH) {
    ctx.beginPath();
    for (const run of runs.slice(from, from + PER_PATH)) addLine(ctx, columns, geometry, run);
    ctx.stroke();
  }
}

/** The more lines, the fainter each, so that the dense places show. */
const opacity = (count: number): number => Math.min(0.85, Math.max(0.1, 9 / Math.sqrt(count + 1)));

/** All lines in one faint colour. */
export function drawBehind(
  ctx: CanvasRenderingContext2D,
  columns: readonly Column[],
  geometry: Geometry,
  count: number,
  color: string,
): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1;
  ctx.globalAlpha = opacity(count) * 0.45;
  strokeLines(
    ctx,
    columns,
    geometry,
    Array.from({ length: count }, (_, run) => run),
  );
  ctx.globalAlpha = 1;
}

/**
 * Those with a mark in the colour of their shade, of more than `most` only each so many-th; `without`: the colour where
 * there is no shade.
 */
export function drawMarked(
  ctx: CanvasRenderingContext2D,
  columns: readonly Column[],
  geometry: Geometry,
  marks: Uint8Array,
  shades: Int8Array,
  colors: readonly string[],
  without: string,
  most: number,
): void {
  const marked = Array.from(marks.keys()).filter((run) => marks[run] === 1);
  const every = Math.max(1, Math.ceil(marked.length / most));
  const drawn = marked.filter((_, i) => i % every === 0);
  const count = drawn.length;
  const byShade: number[][] = Array.from({ length: colors.length + 1 }, () => []);
  for (const run of drawn) byShade[(shades[run] as number) + 1]?.push(run);
  ctx.lineWidth = count > 400 ? 1 : 1.5;
  ctx.lineJoin = "round";
  byShade.forEach((runs, i) => {
    ctx.strokeStyle = i === 0 ? without : (colors[i - 1] as string);
    // The best ones are few and matter most.
    ctx.globalAlpha = Math.min(0.9, opacity(count) * (1 + 2 * (i / colors.length) ** 4));
    strokeLines(ctx, columns, geometry, runs);
  });
  ctx.globalAlpha = 1;
}

/** One line that stands out from all others. */
export function drawProminent(
  ctx: CanvasRenderingContext2D,
  columns: readonly Column[],
  geometry: Geometry,
  run: number,
  color: string,
  halo: string,
): void {
  ctx.lineJoin = "round";
  ctx.beginPath();
  addLine(ctx, columns, geometry, run);
  ctx.strokeStyle = halo;
  ctx.lineWidth = 5;
  ctx.stroke();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.fillStyle = color;
  columns.forEach(({ places }, a) => {
    ctx.beginPath();
    ctx.arc(geometry.xs[a] as number, heightOf(places[run] as number, geometry), 3.5, 0, 2 * Math.PI);
    ctx.fill();
  });
}
