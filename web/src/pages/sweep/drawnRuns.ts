/** Which runs the curves of a page show, in which order. */
import type { MetricGoal, Run } from "../../api/types";
import type { DrawnRun } from "../../charts/curvepanel/CurvePanel";
import { isBetter } from "../../lib/bestSoFar";
import { ENDED_BADLY } from "../../lib/progress";
import type { RunView } from "../../view/RunView";

/** The best first; without a metric the newest first, as those without a value. */
export function rankedRuns(runs: readonly Run[], metric: MetricGoal | null): Run[] {
  const value = ({ best }: Run) => (metric === null || best === null || !Number.isFinite(best) ? null : best);
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || b.created - a.created;
    return x === y ? b.created - a.created : isBetter(x, y, metric?.goal ?? "minimize") ? -1 : 1;
  });
}

/** Of the `ranked` those that are `drawn`, then in grey those that are brushed out, which are there if `brushed`. */
export function drawnRuns(
  ranked: readonly Run[],
  { drawn, hidden }: Pick<RunView, "drawn" | "hidden">,
  brushed: boolean,
  bestId: string | undefined,
): DrawnRun[] {
  const ids = new Set(drawn.map(({ id }) => id));
  const chosen: DrawnRun[] = [];
  const others: DrawnRun[] = [];
  for (const run of ranked) {
    if (ids.has(run.id)) chosen.push({ run, emphasis: emphasisOf(run, bestId) });
    else if (brushed && !hidden.has(run.id)) others.push({ run, emphasis: "dim" });
  }
  return [...chosen, ...others];
}

function emphasisOf(run: Run, bestId: string | undefined): DrawnRun["emphasis"] {
  if (run.id === bestId) return "best";
  return ENDED_BADLY.includes(run.state) ? "dim" : "normal";
}
