import { useQuery } from "@tanstack/react-query";
import { Suspense, useMemo } from "react";
import { useLocation } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { sweepRungsQuery } from "../../api/queries";
import type { MetricGoal, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { metricAlone } from "../../charts/expression";
import { CurvePanel } from "../../charts/lazy";
import { Card } from "../../components/Card";
import { Skeleton } from "../../components/Skeleton";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import { drawnRuns, rankedRuns } from "./drawnRuns";

interface Props {
  sweep: Sweep;
  metric: MetricGoal;
  height: number;
}

const isRun = (change: Change) => change.kind === "run";
const RUNGS_INTERVAL = 5_000;

/** The metric of the sweep against the step, with the rungs at which early stopping compares runs. */
export function SweepCurves({ sweep, metric, height }: Props) {
  const [, navigate] = useLocation();
  const view = useRunView();
  const runs = useDrawnRuns(sweep);
  const keys = useMemo(() => loggedKeys(view.fields), [view.fields]);
  const value = useMemo(() => metricAlone(metric.name), [metric.name]);
  const query = sweepRungsQuery(sweep.id);
  const early = sweep.config.early_terminate !== undefined;
  const rungs = useQuery({ ...query, enabled: early });
  useInvalidate(query.queryKey, isRun, RUNGS_INTERVAL);
  const heading = `${metric.name} of each run`;
  return (
    <Suspense fallback={<Waiting title={heading} height={height} />}>
      <CurvePanel
        path={sweep}
        title={metric.name}
        heading={heading}
        value={value}
        runs={runs}
        order="best first"
        fields={view.fields}
        keys={keys}
        height={height}
        hover={view.hover}
        onOpen={(id) => navigate(runPath({ ...sweep, id }))}
        rungs={rungs.data}
      />
    </Suspense>
  );
}

/** As tall as the card that follows, with its tools and its legend. */
const Waiting = ({ title, height }: { title: string; height: number }) => (
  <Card title={title}>
    <Skeleton height={height + 36} />
  </Card>
);

/** Keeps its identity while nothing of it changes. */
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
