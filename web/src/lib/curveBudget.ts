/** How much of many curves to ask for: many runs share the points that a screen can show. */
const ALL_POINTS = 100_000;
const MOST = 1_024;
const LEAST = 32;

/** Points per curve, in steps of a factor of two so that a growing number of runs does not ask anew for every run. */
export function curvePoints(runs: number): number {
  const share = ALL_POINTS / Math.max(1, runs);
  return Math.max(LEAST, Math.min(MOST, 2 ** Math.floor(Math.log2(share))));
}

/** Milliseconds between two looks at curves that grow. */
export const curveInterval = (runs: number): number => 1_000 * Math.min(8, 1 + Math.floor(runs / 25));
