import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Suspense, useMemo } from "react";
import { useLocation } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { sweepCurvesQuery } from "../../api/queries";
import type { MetricGoal, Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { type Emphasis, toLine } from "../../charts/curves";
import { CurvesChart } from "../../charts/lazy";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Key } from "../../components/Key";
import { Skeleton } from "../../components/Skeleton";
import { curveInterval, curvePoints } from "../../lib/curveBudget";
import { plural } from "../../lib/format";
import { ENDED_BADLY } from "../../lib/progress";
import { CHART_HEIGHT } from "./SweepCharts";
import styles from "./SweepCharts.module.css";

interface Props {
  sweep: Sweep;
  metric: MetricGoal;
  runs: readonly Run[];
}

const isRun = (change: Change) => change.kind === "run";

/** The metric against the step, all runs; those that ended badly or were stopped stay in the background. */
export function SweepCurves({ sweep, metric, runs }: Props) {
  const [, navigate] = useLocation();
  const query = sweepCurvesQuery(sweep.id, metric.name, curvePoints(sweep.run_count));
  const curves = useQuery({ ...query, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, isRun, curveInterval(sweep.run_count));
  const byId = useMemo(() => new Map(runs.map((run) => [run.id, run])), [runs]);
  const bestId = sweep.best?.id;
  const lines = useMemo(
    () => (curves.data?.curves ?? []).map((curve) => toLine(curve, emphasis(byId.get(curve.run_id), bestId))),
    [curves.data, byId, bestId],
  );
  const drawn = lines.filter((line) => line.steps.length > 0).length;
  return (
    <Card
      title={`${metric.name} by step`}
      aside={
        <>
          <Key kind="curve">{plural(drawn, "curve")}</Key>
          <Key kind="line">best run</Key>
          <Key kind="dim">stopped or failed</Key>
        </>
      }
    >
      {curves.isPending && <Skeleton height={CHART_HEIGHT} />}
      {curves.error !== null && <ErrorNote error={curves.error} retry={curves.refetch} />}
      {curves.data !== undefined && drawn === 0 && (
        <p className={styles.none} style={{ height: CHART_HEIGHT }}>
          No curve yet.
        </p>
      )}
      {drawn > 0 && (
        <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
          <CurvesChart
            name={metric.name}
            lines={lines}
            height={CHART_HEIGHT}
            nameOf={(runId) => byId.get(runId)?.name ?? runId}
            onOpen={(runId) => navigate(runPath({ ...sweep, id: runId }))}
          />
        </Suspense>
      )}
    </Card>
  );
}

function emphasis(run: Run | undefined, bestId: string | undefined): Emphasis {
  if (run === undefined) return "normal";
  if (run.id === bestId) return "best";
  return ENDED_BADLY.includes(run.state) ? "dim" : "normal";
}
