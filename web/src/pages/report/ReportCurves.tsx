import { Suspense, useMemo } from "react";
import { useLocation } from "wouter";
import type { Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { metricAlone, parseExpression } from "../../charts/expression";
import { CurvePanel } from "../../charts/lazy";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import { useDrawnRuns } from "../sweep/SweepCurves";

interface Props {
  sweep: Sweep;
  /** A metric, or an expression over some; without it the sweep's own. */
  metric: string | null;
  height: number;
}

export function ReportCurves({ sweep, metric, height }: Props) {
  const [, navigate] = useLocation();
  const { fields, hover } = useRunView();
  const runs = useDrawnRuns(sweep);
  const keys = useMemo(() => loggedKeys(fields), [fields]);
  const title = metric ?? sweep.metric?.name ?? "";
  const value = useMemo(() => {
    if (title === "") return new Error('This sweep has no metric of its own: add a line "metric: …".');
    if (keys.includes(title) || title === sweep.metric?.name) return metricAlone(title);
    try {
      return parseExpression(title);
    } catch (error) {
      return error as Error;
    }
  }, [title, keys, sweep.metric?.name]);
  if (value instanceof Error) return <ErrorNote error={value} />;
  return (
    <Suspense fallback={<Skeleton height={height + 92} />}>
      <CurvePanel
        path={sweep}
        title={title}
        value={value}
        runs={runs}
        order={sweep.metric === null ? "newest first" : "best first"}
        fields={fields}
        keys={keys}
        height={height}
        hover={hover}
        onOpen={(id) => navigate(runPath({ ...sweep, id }))}
      />
    </Suspense>
  );
}
