/** Round numbers and times along an axis. */

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
  for (let i = Math.ceil((low - offset - slack) / step); i * step + offset <= high + slack; i++)
    ticks.push(Number((i * step + offset).toPrecision(14)));
  return ticks;
}

/** Powers of ten, with their double and fivefold where there is room; plain ticks where less than a decade is shown. */
export function logTicks(low: number, high: number, most: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 1) return linearTicks(low, high, most);
  const every = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const digits = decades * 3 <= most ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every !== 0) continue;
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 365].map((n) => n * DAY),
];

/** Unix seconds at round local times, and how far they are apart. */
export function clockTicks(low: number, high: number, most: number): { ticks: number[]; step: number } {
  const rough = (high - low) / Math.max(1, most);
  const step = TIME_STEPS.find((one) => one >= rough) ?? Math.ceil(rough / (365 * DAY)) * 365 * DAY;
  const offset = new Date(low * 1000).getTimezoneOffset() * MINUTE;
  return { ticks: multiples(low, high, step, offset % step), step };
}
