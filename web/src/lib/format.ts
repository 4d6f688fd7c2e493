/** Values as people read them. Times are Unix seconds, durations seconds. */

const WHOLE = new Intl.NumberFormat("en-US");
/** By the numbers of significant digits: to make one takes thirty times as long as to use it. */
const ROUNDED = new Map<number, Intl.NumberFormat>();

function rounded(digits: number, least: number): Intl.NumberFormat {
  const key = 100 * digits + least;
  const known =
    ROUNDED.get(key) ??
    new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits, minimumSignificantDigits: least });
  ROUNDED.set(key, known);
  return known;
}

/** Of a number where nothing else is said. */
export const MOST_DIGITS = 5;

/**
 * A number with at most `digits` significant digits: 0.1235, 12,346, 1.2e-7. One that is not whole has at least `least`
 * of them, so that numbers below each other can be compared: 0.5000; without it there are no trailing zeros.
 */
export function formatNumber(value: number, digits = MOST_DIGITS, least = 1): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return minus(WHOLE.format(value));
  if (size < 1e-4 || size >= 1e9)
    return minus(trim(value.toExponential((digits > MOST_DIGITS ? digits : Math.min(digits, 4)) - 1)));
  return minus(rounded(digits, least).format(value));
}

/** What is computed, as a mean is: equally many significant digits for all, also where it comes out whole: 4.00 above 4.47. */
export function formatComputed(value: number, digits: number): string {
  const whole = Number.isInteger(value) ? String(Math.abs(value)).length : digits;
  return whole < digits ? minus(value.toFixed(digits - whole)) : formatNumber(value, digits, digits);
}

const trim = (exponential: string): string => exponential.replace(/\.?0+e/, "e").replace("e+", "e");

const minus = (text: string): string => text.replace(/^-/, "−").replace("e-", "e−");

/** How many significant digits a number is written with: 3 for 0.0125, none for a whole one. */
export const significantDigits = (value: number): number =>
  Number.isInteger(value)
    ? 0
    : formatNumber(value)
        .replace(/e.*|\D/g, "")
        .replace(/^0+/, "").length;

/** Significant digits that numbers below each other are written with: as many as one of them needs, but at most `most`. */
export function commonDigits(values: readonly number[], most = MOST_DIGITS): number {
  let digits = 1;
  for (const value of values) {
    digits = Math.max(digits, Math.min(most, significantDigits(value)));
    if (digits === most) break;
  }
  return digits;
}

/** Any parameter, configuration or summary value on one line. */
export function formatValue(value: unknown, digits = 5): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return formatNumber(value, digits);
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** The same of what a run was given or has logged, where null is a value like any other. */
export const formatParam = (value: unknown, digits?: number): string =>
  value === null ? "null" : formatValue(value, digits);

/** The two largest units: 3 min 05 s, 2 h 10 min, 4 d 6 h. Below ten seconds with a tenth: 3.2 s; below one of these: 40 ms. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, seconds);
  if (total > 0 && total < 0.0995) return total < 0.0005 ? "< 1 ms" : `${Math.round(1000 * total)} ms`;
  if (total > 0 && total < 9.95) return `${total.toFixed(1)} s`;
  const s = Math.round(total);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  const m = Math.floor(s / 60);
  if (m < 24 * 60) return `${Math.floor(m / 60)} h ${pad(m % 60)} min`;
  const h = Math.floor(m / 60);
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** A guess, no more exact than it is: less than a minute, 31 min, 2 h 10 min, 3 d 4 h. */
export function formatRoughly(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const whole = Math.round(minutes / 10) * 10;
  if (whole >= 24 * 60) return formatDuration(whole * 60);
  return `${Math.floor(whole / 60)} h${whole % 60 === 0 ? "" : ` ${whole % 60} min`}`;
}

/** How long ago: now, 40 s ago, 5 min ago, 3 h ago, 2 d ago, then the date. */
export function formatAgo(time: number, now: number): string {
  const age = now - time;
  if (age < 5) return "now";
  if (age < 60) return `${Math.floor(age)} s ago`;
  if (age < 3600) return `${Math.floor(age / 60)} min ago`;
  if (age < 86_400) return `${Math.floor(age / 3600)} h ago`;
  if (age < 30 * 86_400) return `${Math.floor(age / 86_400)} d ago`;
  return new Date(time * 1000).toLocaleDateString("en-CA");
}

/** Date and time to the second, in the reader's time zone; the number where no calendar goes so far. */
export const formatTime = (time: number): string =>
  Number.isFinite(new Date(time * 1000).getTime()) ? `${dayOf(time)} ${clockOf(time)}` : formatNumber(time);

/** The same, without the date where it is today's. */
export const formatSoon = (time: number, now: number): string =>
  dayOf(time) === dayOf(now) ? clockOf(time) : formatTime(time);

const dayOf = (time: number): string => new Date(time * 1000).toLocaleDateString("en-CA");
const clockOf = (time: number): string => new Date(time * 1000).toLocaleTimeString("en-GB");

export const formatCount = (count: number): string => WHOLE.format(count);

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
export function ordinal(count: number): string {
  const teen = count % 100 > 10 && count % 100 < 14;
  const ending = (teen ? undefined : { 1: "st", 2: "nd", 3: "rd" }[count % 10]) ?? "th";
  return `${formatCount(count)}${ending}`;
}

/** A share of 1: 62 %, < 1 %, 0 %. */
export function formatShare(share: number): string {
  if (share === 0) return "0 %";
  const percent = Math.round(share * 100);
  return percent === 0 ? "< 1 %" : `${percent} %`;
}

/** "1 run", "2,000 runs". */
export const plural = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A text whose numbers have no more digits than a computer's are sure of: lr=0.00034, not lr=0.00033999999999999997. */
export const withoutNoise = (text: string): string =>
  text.replace(/\d+\.\d{10,}(?:e[+-]?\d+)?/g, (number) => String(Number(Number(number).toPrecision(15))));

const NON_FINITE: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** A number as the server sends it: NaN and the infinities travel as strings. Anything else is null. */
export function toNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? (NON_FINITE.get(value) ?? null) : null;
}
