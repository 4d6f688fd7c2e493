import type { MetricGoal, Run } from "../api/types";

/** The best first; without a metric the newest first, as those without a value. */
export function rankedRuns(runs: readonly Run[], metric: MetricGoal | null): Run[] {
  const sign = metric?.goal === "maximize" ? -1 : 1;
  const rankOf = ({ best }: Run): number =>
    metric === null || best === null || !Number.isFinite(best) ? Number.POSITIVE_INFINITY : sign * best;
  // Once for each run: sorting compares very many of them far more often.
  const ranked = runs.map((run) => ({ run, rank: rankOf(run) }));
  ranked.sort((a, b) => (a.rank === b.rank ? b.run.created - a.run.created : a.rank - b.rank));
  return ranked.map(({ run }) => run);
}
