import type { MetricGoal } from "../api/types";

export type Goal = MetricGoal["goal"];

export const isBetter = (value: number, than: number, goal: Goal): boolean =>
  goal === "minimize" ? value < than : value > than;

/** The running best of `values` in their order; null until the first finite value. */
export function bestSoFar(values: readonly (number | null)[], goal: Goal): (number | null)[] {
  let best: number | null = null;
  return values.map((value) => {
    if (value !== null && Number.isFinite(value) && (best === null || isBetter(value, best, goal)))
      best = value;
    return best;
  });
}
