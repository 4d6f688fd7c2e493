import type uPlot from "uplot";
import { formatNumber } from "../lib/format";
import type { Colors } from "./colors";
import { differ, evenTexts, TIME_STEPS } from "./ticks";

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

/** 30 s, 5 min, 2 h 30 min. */
function durationTick(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 60) return `${formatNumber(seconds)} s`;
  if (size < 3600) return parts(seconds / 60, "min", 60, "s");
  return size < 86_400 ? parts(seconds / 3600, "h", 60, "min") : parts(seconds / 86_400, "d", 24, "h");
}

function parts(value: number, unit: string, smaller: number, smallerUnit: string): string {
  const rest = Math.round((value - Math.trunc(value)) * smaller);
  return rest === 0 ? `${Math.round(value)} ${unit}` : `${Math.trunc(value)} ${unit} ${rest} ${smallerUnit}`;
}

/** Distances between ticks of durations, in seconds. */
const DURATION_STEPS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400,
  21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000, 8_640_000,
];

/** uPlot marks the ticks of a logarithmic axis that shall have no words. */
const inWords = (splits: (number | null)[], word: (split: number) => string): (string | null)[] =>
  splits.map((split) => (split === null ? null : word(split)));

/** Those of a logarithmic axis each as it is. */
const numbers = (splits: (number | null)[], logarithmic: boolean): (string | null)[] =>
  logarithmic ? inWords(splits, (split) => formatNumber(split)) : evenTexts(splits as number[]);

/** Ticks of a step are whole numbers. */
export function xAxis(
  colors: Colors,
  kind: "step" | "number" | "time" | "duration",
  logarithmic = false,
): uPlot.Axis {
  const time = kind === "time";
  const incrs = { step: WHOLE_STEPS, duration: DURATION_STEPS, number: null, time: TIME_STEPS }[kind];
  return {
    stroke: colors.text,
    font: FONT,
    size: 26,
    gap: 4,
    space: time || kind === "duration" ? 72 : 56,
    grid: { show: false },
    ticks: { stroke: colors.grid, width: 1, size: 4 },
    ...(incrs !== null && !logarithmic ? { incrs } : {}),
    values: (_, splits, __, ___, step) =>
      time
        ? timeTicks(splits, step)
        : kind === "duration"
          ? inWords(splits, durationTick)
          : numbers(splits, logarithmic),
  };
}

export function yAxis(colors: Colors, logarithmic = false): uPlot.Axis {
  return {
    stroke: colors.text,
    font: FONT,
    gap: 6,
    space: 32,
    size: (_, values) => Math.max(4, ...(values ?? []).map((value) => value?.length ?? 0)) * CHARACTER + 14,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    values: (_, splits) => numbers(splits, logarithmic),
  };
}

/** `min` to `max` with some air; a range of its own around a single value. */
export function padded(min: number | null, max: number | null, air: number, least = 0): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const spread = Math.max(differ(min, max) ? max - min : 0, least) || Math.abs(max) || 1;
  const middle = (min + max) / 2;
  const half = (spread / 2) * (1 + 2 * air);
  return [middle - half, middle + half];
}
