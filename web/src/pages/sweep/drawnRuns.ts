/** Which runs the curves of a page show, in which order. */
import type { MetricGoal, Run } from "../../api/types";
import type { DrawnRun } from "../../charts/curvepanel/CurvePanel";
import { ENDED_BADLY } from "../../lib/progress";
import type { RunView } from "../../view/RunView";

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

/** Of the `ranked` those that are `drawn`, then in grey those that are brushed out, which are there if `brushed`. */
export function drawnRuns(
  ranked: readonly Run[],
  { drawn, hidden }: Pick<RunView, "drawn" | "hidden">,
  brushed: boolean,
  bestId: string | undefined,
): DrawnRun[] {
  const ids = drawn.length === ranked.length ? null : new Set(drawn.map(({ id }) => id));
  const chosen: DrawnRun[] = [];
  const others: DrawnRun[] = [];
  for (const run of ranked) {
    if (ids === null || ids.has(run.id)) chosen.push({ run, emphasis: emphasisOf(run, bestId) });
    else if (brushed && !hidden.has(run.id)) others.push({ run, emphasis: "dim" });
  }
  return [...chosen, ...others];
}

function emphasisOf(run: Run, bestId: string | undefined): DrawnRun["emphasis"] {
  if (run.id === bestId) return "best";
  return ENDED_BADLY.includes(run.state) ? "dim" : "normal";
}
