/** How much of a sweep's curves to ask for: many runs share the points that a screen can show. */
const ALL_POINTS = 60_000;
const MOST = 200;
const LEAST = 8;

/** Buckets per curve, in steps of a factor of two so that a growing sweep does not ask anew for every run. */
export function curvePoints(runs: number): number {
  const share = ALL_POINTS / Math.max(1, runs);
  return Math.max(LEAST, Math.min(MOST, 2 ** Math.floor(Math.log2(share))));
}

/** Milliseconds between two looks at the curves of a sweep that goes on. */
export const curveInterval = (runs: number): number => Math.min(30_000, 3_000 + 3 * runs);
