import { useMemo } from "react";
import type { Sweep } from "../../api/types";
import { useRunView } from "../../view/RunView";
import { rankedRuns } from "../../view/rankedRuns";
import { drawnRuns } from "./drawnRuns";

/** The runs whose curves a page shows. Keeps its identity while nothing of it changes. */
export function useDrawnRuns({ best, metric }: Pick<Sweep, "best" | "metric">) {
  const { drawn, matched, hidden, brush } = useRunView();
  const id = best?.id;
  // Brushing changes neither the runs nor their order, and comes as fast as the mouse.
  const ranked = useMemo(() => rankedRuns(matched, metric), [matched, metric]);
  const brushed = brush.size > 0;
  return useMemo(
    () => drawnRuns(ranked, { drawn, hidden }, brushed, id),
    [ranked, drawn, hidden, brushed, id],
  );
}
