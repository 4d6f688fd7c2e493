/** Round numbers and times along an axis. */
import { formatNumber, MOST_DIGITS } from "../lib/format";

/** As a share of their size: what a computer's rounding makes of equal numbers. */
const NOISE = 1e-14;

/** Whether an axis can tell two numbers apart: 0.3 and 0.1 + 0.2 it cannot. */
export const differ = (a: number, b: number): boolean =>
  Math.abs(b - a) > NOISE * Math.max(Math.abs(a), Math.abs(b));

/** At most about `most` multiples of 1, 2 or 5 times a power of ten, from `low` to `high`. */
export function linearTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((digit) => digit * power >= rough * 0.999) ?? 10);
  return multiples(low, high, step);
}

function multiples(low: number, high: number, step: number, offset = 0): number[] {
  const ticks: number[] = [];
  const slack = (high - low) * 1e-9;
  const first = Math.ceil((low - offset - slack) / step);
  const count = Math.floor((high - offset + slack) / step) - first;
  // Not up to a bound: beyond 2^53 a number that counts stays where it is.
  for (let i = 0; i <= count; i++) ticks.push(Number(((first + i) * step + offset).toPrecision(14)));
  return ticks;
}

/**
 * Powers of ten, with their double and fivefold where there is room, or where a single power would tell nothing of the
 * scale; plain ticks where less than a decade is shown.
 */
export function logTicks(low: number, high: number, most: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 1) return linearTicks(low, high, most);
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, most)));
  const digits = last === first || decades * 3 <= most ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first - (digits.length > 1 ? 1 : 0); power <= last; power += every)
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

/** A number holds no more of them. */
const ALL_DIGITS = 15;
/** How far a tick in words may lie beside itself, as a share of the distance to its neighbour. */
const BESIDE = 0.01;

/** Significant digits, but at least so many, that say where each of the ascending ticks is. */
export function digitsOf(ticks: readonly number[], least: number): number {
  const step = Math.min(...ticks.slice(1).map((tick, i) => tick - (ticks[i] as number)));
  const isSaid = (digits: number) =>
    ticks.every((tick) => Math.abs(Number(tick.toPrecision(digits)) - tick) <= BESIDE * step);
  let digits = least;
  while (digits < ALL_DIGITS && !isSaid(digits)) digits += 1;
  return digits;
}

/** Ticks at even distances in words, all with as many decimals: 0.5, 1.0, 1.5. `digits`: significant ones, if they are enough. */
export function evenTexts(
  ticks: readonly number[],
  words: (tick: number, digits: number) => string = formatNumber,
  digits = MOST_DIGITS,
): string[] {
  const enough = digitsOf(ticks, digits);
  const texts = ticks.map((tick) => words(tick, enough));
  const decimals = (text: string) => text.split(".")[1]?.length ?? 0;
  const most = Math.max(0, ...texts.map(decimals));
  if (texts.some((text) => text.includes("e"))) return texts;
  return texts.map((text) => {
    const given = decimals(text);
    return given === most ? text : `${text}${given === 0 ? "." : ""}${"0".repeat(most - given)}`;
  });
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Distances between ticks of clock times, in seconds. */
export const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 180, 365].map((n) => n * DAY),
];

/** Seconds by which the clocks of the reader's place are behind those of UTC then. */
const offsetAt = (time: number): number => new Date(time * 1000).getTimezoneOffset() * MINUTE;

/** Unix seconds at round local times, and how far they are apart; where none is so near, one at the beginning. */
export function clockTicks(low: number, high: number, most: number): { ticks: number[]; step: number } {
  const rough = (high - low) / Math.max(1, most);
  const step = TIME_STEPS.find((one) => one >= rough) ?? Math.ceil(rough / (365 * DAY)) * 365 * DAY;
  const offset = offsetAt(low);
  const even = multiples(low, high, step, offset % step);
  // Where clocks were put on or back meanwhile, midnight is an hour earlier or later from then on.
  const local = step > HOUR ? even.map((tick) => tick + offsetAt(tick) - offset) : even;
  const ticks = local.filter((tick) => tick >= low && tick <= high);
  return { ticks: ticks.length === 0 ? [low] : ticks, step };
}
