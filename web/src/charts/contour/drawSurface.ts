import { parseColor } from "../gradient";
import type { Frame } from "../scatter/points";
import { type Surface, valueAt } from "./surface";

/** Steps of colour: their edges are the contours. */
const LEVELS = 12;

/** Pixels of the screen, each way, for one of the surface: its edges stay smooth, and it is drawn four times as fast. */
const COARSE = 2;

/** Pixel by pixel, in steps of colour. */
export function drawSurface(
  ctx: CanvasRenderingContext2D,
  { left, top, width, height }: Frame,
  surface: Surface,
  from: number,
  to: number,
  palette: readonly string[],
  reversed: boolean,
): void {
  const picture = new ImageData(
    Math.max(2, Math.round(width / COARSE)),
    Math.max(2, Math.round(height / COARSE)),
  );
  const colors = palette.map(parseColor);
  for (let row = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const value = valueAt(surface, column / (picture.width - 1), 1 - row / (picture.height - 1));
      if (Number.isNaN(value)) continue;
      const level =
        (Math.min(LEVELS - 1, Math.floor((LEVELS * (value - from)) / (to - from || 1))) + 0.5) / LEVELS;
      const shade = Math.round((reversed ? 1 - level : level) * (colors.length - 1));
      const [red, green, blue] = colors[shade] ?? [0, 0, 0];
      picture.data.set([red, green, blue, 215], 4 * (row * picture.width + column));
    }
  }
  // By way of another canvas, because a picture put directly knows nothing of the pixel ratio.
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  ctx.drawImage(canvas, left, top, width, height);
}
