/** How the axes of a chart of curves are drawn. */
import { padded } from "./axes";
import { extent, innerRange, type Line } from "./curves";

/** Must keep its identity, else the chart is drawn anew. */
export interface Look {
  logX?: boolean;
  logY?: boolean;
  yMin?: number | null;
  yMax?: number | null;
  /** The y axis leaves out the outermost values. */
  ignoreOutliers?: boolean;
  /** The y axis begins at zero. */
  fromZero?: boolean;
}

/** What the values in sight span, unless the reader or the chart says otherwise. */
export function valueRange(
  lines: readonly Line[],
  { logX, logY, yMin, yMax, ignoreOutliers, fromZero }: Look,
  window: readonly [number, number] | null,
): [number, number] {
  const inSight = { x: window ?? undefined, positiveX: logX, positiveY: logY };
  const bounds = (extent(lines, inSight) ?? extent(lines, { positiveX: logX, positiveY: logY }))?.y ?? null;
  let [low, high] = (ignoreOutliers && !logY ? innerRange(lines, window ?? undefined) : null) ??
    bounds ?? [logY ? 1 : 0, 1];
  if (logY) {
    if (low === high) [low, high] = [low / 2, high * 2];
    else [low, high] = [low * (low / high) ** 0.03, high * (high / low) ** 0.03];
  } else if (fromZero && low >= 0) [low, high] = [0, high * 1.08 || 1];
  else [low, high] = padded(low, high, 0.05);
  const from = yMin !== null && yMin !== undefined && !(logY && yMin <= 0) ? yMin : low;
  const to = yMax !== null && yMax !== undefined && !(logY && yMax <= 0) ? yMax : high;
  return from < to ? [from, to] : [low, high];
}

/**
 * The part of the x axis that is shown. An end that the `window` leaves open, or that has no logarithm where one is taken, is
 * that of the `whole` axis; a part that lies beyond it is as wide.
 */
export function placeRange(
  window: readonly [number, number] | null,
  whole: readonly [number, number],
  logX = false,
): [number, number] {
  const [low, high] = whole;
  const isEnd = (end: number) => Number.isFinite(end) && !(logX && end <= 0);
  const [from, to] = window ?? whole;
  if (!isEnd(from) && !isEnd(to)) return [low, high];
  if (isEnd(from) && isEnd(to) && from !== to) return [Math.min(from, to), Math.max(from, to)];
  const [first, last] = [isEnd(from) ? from : low, isEnd(to) ? to : high];
  if (first < last) return [first, last];
  if (isEnd(from)) return [from, logX ? from * (high / low) : from + high - low];
  return [logX ? to * (low / high) : to - (high - low), to];
}
