/** Runs as lines through the places of their values. Pure: what is drawn, what is coloured how, what lies under the cursor. */
import type { Run } from "../../api/types";
import { formatParam } from "../../lib/format";
import { isMeasured } from "../../view/fields";
import { type Scale, scaleOf } from "../scale";
import type { Axis } from "./settings";

export interface Column extends Axis {
  scale: Scale;
  /** By run, from 0 at the foot to 1 at the head; NaN where the run has no value there. */
  places: Float32Array;
  /** The same for what cannot be placed: how those values are shown. Empty where all have a place. */
  missing: readonly string[];
}

const MISSING_SHOWN = 20;

/** The axis with the places of all `runs`. */
export function columnOf(axis: Axis, runs: readonly Run[]): Column {
  const values = runs.map(axis.field.read);
  const scale = scaleOf(axis.field.kind, values, { log: axis.log, measured: isMeasured(axis.field) });
  const places = new Float32Array(runs.length);
  const missing = new Set<string>();
  for (let i = 0; i < values.length; i++) {
    const place = scale.place(values[i]);
    places[i] = place === null ? Number.NaN : axis.flip ? 1 - place : place;
    if (place === null && missing.size < MISSING_SHOWN) missing.add(formatParam(values[i]));
  }
  return { ...axis, scale, places, missing: [...missing] };
}

export interface Geometry {
  /** Of each axis, from the left, in pixels. */
  xs: readonly number[];
  top: number;
  foot: number;
  /** Where lines pass that have no value on an axis. */
  gap: number;
}

export const heightOf = (place: number, { top, foot, gap }: Geometry): number =>
  Number.isNaN(place) ? gap : foot - place * (foot - top);

/** Index of the line that passes nearest to (x, y) among those with a mark, at most `reach` pixels away; -1 without. */
export function nearestLine(
  columns: readonly Column[],
  marks: Uint8Array,
  geometry: Geometry,
  x: number,
  y: number,
  reach: number,
): number {
  const { xs } = geometry;
  if (columns.length === 0) return -1;
  const right = Math.min(
    xs.length - 1,
    Math.max(
      1,
      xs.findIndex((at) => at >= x),
    ),
  );
  const [a, b] = [columns[Math.max(0, right - 1)] as Column, columns[right] as Column | undefined];
  const [from, to] = [xs[right - 1] ?? 0, xs[right] ?? 0];
  const share = b === undefined || to <= from ? 0 : Math.min(1, Math.max(0, (x - from) / (to - from)));
  let found = -1;
  let least = reach;
  for (let i = 0; i < marks.length; i++) {
    if (marks[i] === 0) continue;
    const first = heightOf(a.places[i] as number, geometry);
    const second = b === undefined ? first : heightOf(b.places[i] as number, geometry);
    // Along the perpendicular, as the eye judges, not along the vertical.
    const slope = b === undefined ? 0 : (second - first) / (to - from || 1);
    const distance = Math.abs(first + share * (second - first) - y) / Math.hypot(1, slope);
    if (distance < least) {
      least = distance;
      found = i;
    }
  }
  return found;
}
