import { Suspense } from "react";
import type { MetricGoal, Run, Sweep } from "../../api/types";
import { ScatterChart } from "../../charts/lazy";
import { Card } from "../../components/Card";
import { Key } from "../../components/Key";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import styles from "./SweepCharts.module.css";
import { SweepCurves } from "./SweepCurves";

export const CHART_HEIGHT = 220;

interface Props {
  sweep: Sweep;
  metric: MetricGoal;
  runs: readonly Run[];
  /** The runs are still on their way. */
  loading: boolean;
}

export function SweepCharts({ sweep, metric, runs, loading }: Props) {
  const measured = runs.filter((run) => run.best !== null).length;
  return (
    <div className={styles.charts}>
      <Card
        title={`${metric.name} over time`}
        aside={
          <>
            <Key kind="dot">{plural(measured, "run")}</Key>
            <Key kind="line">best so far</Key>
          </>
        }
      >
        {loading && measured === 0 ? (
          <Skeleton height={CHART_HEIGHT} />
        ) : measured === 0 ? (
          <p className={styles.none} style={{ height: CHART_HEIGHT }}>
            No run has logged {metric.name} yet.
          </p>
        ) : (
          <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
            <ScatterChart runs={runs} metric={metric} height={CHART_HEIGHT} />
          </Suspense>
        )}
      </Card>
      <SweepCurves sweep={sweep} metric={metric} runs={runs} />
    </div>
  );
}
