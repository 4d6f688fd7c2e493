import type uPlot from "uplot";
import { formatNumber } from "../lib/format";
import type { Colors } from "./colors";

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const CHARACTER = 6.2;

/** Distances between ticks of whole numbers: 1, 2, 5, 10, ... */
const WHOLE_STEPS = Array.from({ length: 16 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();

const pad = (value: number): string => String(value).padStart(2, "0");

/** Clock times, or dates where the ticks are days apart. */
export function timeTicks(splits: number[], step: number): string[] {
  return splits.map((split) => {
    const date = new Date(split * 1000);
    if (step >= 86_400) return `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
    const minutes = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
    return step >= 60 ? minutes : `${minutes}:${pad(date.getSeconds())}`;
  });
}

/** Ticks of a step are whole numbers. */
export function xAxis(colors: Colors, kind: "step" | "number" | "time"): uPlot.Axis {
  const time = kind === "time";
  return {
    stroke: colors.text,
    font: FONT,
    size: 26,
    gap: 4,
    space: time ? 72 : 56,
    grid: { show: false },
    ticks: { stroke: colors.grid, width: 1, size: 4 },
    ...(kind === "step" ? { incrs: WHOLE_STEPS } : {}),
    values: (_, splits, __, ___, step) =>
      time ? timeTicks(splits, step) : splits.map((split) => formatNumber(split)),
  };
}

export function yAxis(colors: Colors): uPlot.Axis {
  return {
    stroke: colors.text,
    font: FONT,
    gap: 6,
    space: 32,
    size: (_, values) => Math.max(4, ...(values ?? []).map((value) => value?.length ?? 0)) * CHARACTER + 14,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((split) => formatNumber(split)),
  };
}

/** `min` to `max` with some air; a range of its own around a single value. */
export function padded(min: number | null, max: number | null, air: number, least = 0): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const spread = Math.max(max - min, least) || Math.abs(max) || 1;
  const middle = (min + max) / 2;
  const half = (spread / 2) * (1 + 2 * air);
  return [middle - half, middle + half];
}
