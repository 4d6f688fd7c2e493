/** Which runs the curves of a page show, in which order. */
import type { MetricGoal, Run } from "../../api/types";
import type { DrawnRun } from "../../charts/curvepanel/CurvePanel";
import { isBetter } from "../../lib/bestSoFar";
import { ENDED_BADLY } from "../../lib/progress";
import type { RunView } from "../../view/RunView";

/** The chosen ones, the best first, then in grey those that are brushed out. Without a metric the newest first. */
export function drawnRuns(
  { drawn, matched, hidden, brush }: Pick<RunView, "drawn" | "matched" | "hidden" | "brush">,
  metric: MetricGoal | null,
  bestId: string | undefined,
): DrawnRun[] {
  const chosen = ranked(drawn, metric).map((run) => ({ run, emphasis: emphasisOf(run, bestId) }));
  if (brush.size === 0) return chosen;
  const ids = new Set(drawn.map(({ id }) => id));
  const others = matched.filter(({ id }) => !ids.has(id) && !hidden.has(id));
  return [...chosen, ...ranked(others, metric).map((run) => ({ run, emphasis: "dim" as const }))];
}

function ranked(runs: readonly Run[], metric: MetricGoal | null): Run[] {
  const value = ({ best }: Run) => (metric === null || best === null || !Number.isFinite(best) ? null : best);
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || b.created - a.created;
    return x === y ? b.created - a.created : isBetter(x, y, metric?.goal ?? "minimize") ? -1 : 1;
  });
}

function emphasisOf(run: Run, bestId: string | undefined): DrawnRun["emphasis"] {
  if (run.id === bestId) return "best";
  return ENDED_BADLY.includes(run.state) ? "dim" : "normal";
}
