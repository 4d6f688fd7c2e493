import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { allRunsOfSweepQuery, type ProjectPath, sweepQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { sweepPath } from "../../app/routes";
import { ParallelPanel } from "../../charts/parallel/ParallelPanel";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { logParams } from "../../lib/logParams";
import { searchedParams } from "../../lib/params";
import { fieldsOf } from "../../view/fields";
import { RunViewProvider } from "../../view/RunView";
import { SweepImportance } from "../sweep/SweepImportance";
import { BestRuns } from "./BestRuns";
import { type Panel, type PanelKind, parsePanel } from "./panels";
import styles from "./Report.module.css";
import { ReportCurves } from "./ReportCurves";

const HEIGHT = 260;

/** A panel as the report's text describes it, or what is wrong with the description. */
export function PanelView({ path, kind, text }: { path: ProjectPath; kind: PanelKind; text: string }) {
  const panel = useMemo(() => {
    try {
      return parsePanel(kind, text);
    } catch (error) {
      return error as Error;
    }
  }, [kind, text]);
  return (
    <div className={styles.panel}>
      {panel instanceof Error ? <ErrorNote error={panel} /> : <LivePanel path={path} panel={panel} />}
    </div>
  );
}

const isRun = (change: Change) => change.kind === "run";
const INTERVAL = 5_000;

function LivePanel({ path, panel }: { path: ProjectPath; panel: Panel }) {
  const asked = sweepQuery(panel.sweep);
  const sweep = useQuery({ ...asked, retry: false });
  const query = allRunsOfSweepQuery(path, panel.sweep, panel.filter ?? undefined);
  const runs = useQuery({ ...query, placeholderData: keepPreviousData, retry: false });
  useInvalidate(asked.queryKey, isRun, INTERVAL);
  useInvalidate(query.queryKey, isRun, INTERVAL);
  const fields = useMemo(
    () =>
      sweep.data === undefined || runs.data === undefined
        ? []
        : fieldsOf(runs.data, sweep.data.metric, searchedParams(sweep.data, runs.data)),
    [sweep.data, runs.data],
  );
  const error = sweep.error ?? runs.error;
  if (error !== null)
    return <ErrorNote error={error} retry={sweep.error === null ? runs.refetch : sweep.refetch} />;
  if (sweep.data === undefined || runs.data === undefined) return <Skeleton height={HEIGHT + 80} />;
  const place = `${path.entity}/${path.project}`;
  return (
    <RunViewProvider local runs={runs.data} fields={fields} metric={sweep.data.metric} place={place}>
      {drawn(sweep.data, panel, place)}
      <p className={styles.source}>
        From the sweep <Link href={sweepPath(sweep.data)}>{sweep.data.name}</Link>
        {panel.filter !== null && `, only ${panel.filter}`}
      </p>
    </RunViewProvider>
  );
}

function drawn(sweep: Sweep, panel: Panel, place: string): ReactNode {
  switch (panel.kind) {
    case "curves":
      return <ReportCurves sweep={sweep} metric={panel.metric} height={HEIGHT} />;
    case "parallel":
      return <ParallelPanel place={place} logs={logParams(sweep.config)} height={HEIGHT} />;
    case "importance":
      return <SweepImportance sweep={sweep} height={HEIGHT} />;
    case "runs":
      return <BestRuns sweep={sweep} limit={panel.limit} />;
  }
}
