/** Boxes and masks of an image, in the shapes that `besom.Image(boxes=..., masks=...)` takes. */
import { isRecord } from "./mediaValues";

export interface Box {
  /** Parts of the image's width and height, from 0 to 1. */
  left: number;
  top: number;
  width: number;
  height: number;
  words: string;
  color: string;
}

export interface Mask {
  name: string;
  path: string;
}

/** Told apart by every kind of colour vision (Okabe and Ito, 2008), without the black. */
const PALETTE: [number, number, number][] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];

export const classColor = (id: number): [number, number, number] =>
  PALETTE[((Math.trunc(id) % PALETTE.length) + PALETTE.length) % PALETTE.length] as [number, number, number];

const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** All boxes that make sense. `width`, `height`: of the image, in pixels. */
export function boxesOf(boxes: unknown, width: number | undefined, height: number | undefined): Box[] {
  const found: Box[] = [];
  for (const set of isRecord(boxes) ? Object.values(boxes) : []) {
    if (!isRecord(set) || !Array.isArray(set.box_data)) continue;
    const labels = isRecord(set.class_labels) ? set.class_labels : {};
    for (const box of set.box_data) {
      const edges = isRecord(box) && isRecord(box.position) ? edgesOf(box.position) : null;
      if (edges === null) continue;
      const inPixels = box.domain === "pixel";
      if (inPixels && (!width || !height)) continue;
      const [x, y] = inPixels ? [width as number, height as number] : [1, 1];
      const id = number(box.class_id) ?? 0;
      const label = box.box_caption ?? labels[String(id)];
      found.push({
        left: edges[0] / x,
        top: edges[1] / y,
        width: (edges[2] - edges[0]) / x,
        height: (edges[3] - edges[1]) / y,
        words: typeof label === "string" ? label : box.class_id === undefined ? "" : String(id),
        color: `rgb(${classColor(id).join(" ")})`,
      });
    }
  }
  return found;
}

/** Left, top, right, bottom; from edges, or from middle and size. */
function edgesOf(position: Record<string, unknown>): [number, number, number, number] | null {
  const { minX, minY, maxX, maxY, middle, width, height } = position;
  const edges = [minX, minY, maxX, maxY].map(number);
  if (edges.every((edge) => edge !== null)) return edges as [number, number, number, number];
  const [x, y] = Array.isArray(middle) ? middle.map(number) : [null, null];
  const [w, h] = [number(width), number(height)];
  if (x == null || y == null || w === null || h === null) return null;
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
}

export const masksOf = (masks: unknown): Mask[] =>
  Object.entries(isRecord(masks) ? masks : {}).flatMap(([name, mask]) =>
    isRecord(mask) && typeof mask.path === "string" ? [{ name, path: mask.path }] : [],
  );

/** A mask's grey is the number of a class; here each class but 0 gets its colour, and 0 lets the image through. */
export function colorMask(pixels: Uint8ClampedArray): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const id = pixels[i] as number;
    const [red, green, blue] = classColor(id);
    pixels.set([red, green, blue, id === 0 ? 0 : 150], i);
  }
}
