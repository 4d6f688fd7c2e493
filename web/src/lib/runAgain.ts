/** What keeps a point of a sweep from being run once more. Pure. */
import type { Sweep } from "../api/types";
import { formatNumber } from "./format";

/** The limits that a sweep has reached, as `run_cap 20`: with one of them nothing that is queued will start. */
export function reachedLimits({ config, method, run_count, budget = [] }: Sweep): string[] {
  const of = config.budget as { runs?: unknown } | undefined;
  const [name, cap] = config.run_cap === undefined ? ["budget.runs", of?.runs] : ["run_cap", config.run_cap];
  // Of a grid the run before is deleted, and counts no more.
  const isFull = typeof cap === "number" && method !== "grid" && run_count >= cap;
  return [
    ...(isFull ? [`${name} ${cap}`] : []),
    ...budget
      .filter(({ used, limit }) => used >= limit)
      .map(({ key, limit }) => `budget.${key} ${formatNumber(limit)}`),
  ];
}
