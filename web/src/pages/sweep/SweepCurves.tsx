import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useLocation } from "wouter";
import { IS_SHARED_REPORT } from "../../api/base";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { sweepRungsQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import CurvePanel from "../../charts/curvepanel/CurvePanel";
import { expressionOf } from "../../charts/expression";
import { curvesTitle } from "../../charts/titles";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import { useDrawnRuns } from "./useDrawnRuns";

interface Props {
  sweep: Sweep;
  /** A metric, or an expression over some. */
  text: string;
  height: number;
  /** What its settings are kept under: `text`, unless another chart shows the same. */
  keptAs?: string;
  /** The runs are still on their way. */
  loading?: boolean;
  /** Further tools. */
  more?: ReactNode;
}

const isRun = (change: Change) => change.kind === "run";
const RUNGS_INTERVAL = 5_000;

/** A metric or expression of each run against the step; the sweep's own metric with the rungs at which early stopping compares runs. */
export function SweepCurves({ sweep, text, height, keptAs = text, loading = false, more }: Props) {
  const [, navigate] = useLocation();
  const view = useRunView();
  const runs = useDrawnRuns(sweep);
  const keys = useMemo(() => loggedKeys(view.fields), [view.fields]);
  const own = text === sweep.metric?.name;
  const value = useMemo(() => expressionOf(text, own ? [text] : keys), [text, own, keys]);
  const query = sweepRungsQuery(sweep.id);
  const early = own && sweep.config.early_terminate !== undefined;
  const rungs = useQuery({ ...query, enabled: early });
  useInvalidate(query.queryKey, isRun, RUNGS_INTERVAL);
  const heading = curvesTitle(text, own || keys.includes(text));
  // Which names are metrics is known when the runs are.
  const waits = loading && (runs.length === 0 || (!own && !keys.includes(text)));
  if (value instanceof Error && !waits)
    return (
      <Card title={heading} aside={more}>
        <ErrorNote error={value} />
      </Card>
    );
  // The same card all the time, so that what is opened from its head stays open when its curves arrive.
  return (
    <CurvePanel
      path={sweep}
      title={text}
      heading={heading}
      keptAs={keptAs}
      screenName={`${sweep.id} ${keptAs}`}
      value={waits || value instanceof Error ? null : value}
      runs={runs}
      order={sweep.metric === null ? "newest first" : "best first"}
      fields={view.fields}
      keys={keys}
      height={height}
      hover={view.hover}
      onOpen={IS_SHARED_REPORT ? undefined : (id) => navigate(runPath({ ...sweep, id }))}
      rungs={rungs.data}
      more={more}
    />
  );
}
