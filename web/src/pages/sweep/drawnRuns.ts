/** Which runs the curves of a page show, in which order. */
import type { Run } from "../../api/types";
import type { DrawnRun } from "../../charts/curvepanel/CurvePanel";
import { ENDED_BADLY } from "../../lib/progress";
import type { RunView } from "../../view/RunView";

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
    else if (brushed && !hidden.has(run.id)) others.push({ run, emphasis: "dim", brushedOut: true });
  }
  return [...chosen, ...others];
}

function emphasisOf(run: Run, bestId: string | undefined): DrawnRun["emphasis"] {
  if (run.id === bestId) return "best";
  return ENDED_BADLY.includes(run.state) ? "dim" : "normal";
}
