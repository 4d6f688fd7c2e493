import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense, useMemo } from "react";
import { Link } from "wouter";
import { IS_SHARED_REPORT } from "../../api/base";
import { useInvalidate, useOnChange } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { allRunsOfSweepQuery, type ProjectPath, sweepQuery } from "../../api/queries";
import type { Run, Sweep } from "../../api/types";
import { runCollection, useRuns } from "../../api/useRuns";
import { sweepPath } from "../../app/routes";
import { ParallelPanel } from "../../charts/parallel/ParallelPanel";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { lazy } from "../../lib/lazy";
import { logParams } from "../../lib/logParams";
import { searchedParams } from "../../lib/params";
import { fieldsOf } from "../../view/fields";
import { RunViewProvider } from "../../view/RunView";
import { SweepCurves } from "../sweep/SweepCurves";
import { SweepImportance } from "../sweep/SweepImportance";
import { BestRuns } from "./BestRuns";
import { filterWords } from "./filterWords";
import { NAMES, type Panel, type PanelKind, parsePanel, showsFiles } from "./panels";
import styles from "./Report.module.css";

const LoggedChartPanel = lazy(() => import("../loggedcharts/LoggedChartPanel"));
const RunsMediaPanel = lazy(() => import("../runsmedia/RunsMediaPanel"));

const HEIGHT = 260;
/** Of pictures, which stand in rows. */
const MEDIA_HEIGHT = 320;

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
      {panel instanceof Error ? (
        <Card title={NAMES[kind]}>
          <ErrorNote error={panel} />
        </Card>
      ) : IS_SHARED_REPORT && showsFiles(panel) ? (
        <Card title={NAMES[kind]}>
          <p className={styles.source}>
            What runs have logged as files is not shown to those who come by a link.
          </p>
        </Card>
      ) : panel.filter === null ? (
        <PanelOfAll path={path} panel={panel} />
      ) : (
        <PanelOfSome path={path} panel={panel} filter={panel.filter} />
      )}
    </div>
  );
}

const isRun = (change: Change) => change.kind === "run";
const INTERVAL = 5_000;

/** What matches a filter can only be asked for as a whole, so it is asked for less often. */
const WHOLE_INTERVAL = 30_000;

interface Props {
  path: ProjectPath;
  panel: Panel;
}

function PanelOfAll({ path, panel }: Props) {
  const { entity, project } = path;
  const collection = useMemo(
    () => runCollection({ entity, project }, panel.sweep),
    [entity, project, panel.sweep],
  );
  const { runs, complete, error } = useRuns(collection);
  useOnChange(isRun, collection.refresh, INTERVAL);
  return (
    <LivePanel
      path={path}
      panel={panel}
      runs={complete ? runs : undefined}
      error={error}
      retry={collection.refresh}
    />
  );
}

function PanelOfSome({ path, panel, filter }: Props & { filter: string }) {
  const query = allRunsOfSweepQuery(path, panel.sweep, filter);
  const runs = useQuery({ ...query, placeholderData: keepPreviousData, retry: false });
  useInvalidate(query.queryKey, isRun, WHOLE_INTERVAL);
  return <LivePanel path={path} panel={panel} runs={runs.data} error={runs.error} retry={runs.refetch} />;
}

interface LiveProps extends Props {
  /** Undefined until all have arrived. */
  runs: readonly Run[] | undefined;
  error: Error | null;
  retry: () => unknown;
}

function LivePanel({ path, panel, runs, error: failure, retry }: LiveProps) {
  const asked = sweepQuery(panel.sweep);
  const sweep = useQuery({ ...asked, retry: false });
  useInvalidate(asked.queryKey, isRun, INTERVAL);
  const fields = useMemo(
    () =>
      sweep.data === undefined || runs === undefined
        ? []
        : fieldsOf(runs, sweep.data.metric, searchedParams(sweep.data, runs)),
    [sweep.data, runs],
  );
  const error = sweep.error ?? (runs === undefined ? failure : null);
  if (error !== null) return <ErrorNote error={error} retry={sweep.error === null ? retry : sweep.refetch} />;
  if (sweep.data === undefined || runs === undefined) return <Skeleton height={HEIGHT + 80} />;
  const place = `${path.entity}/${path.project}`;
  return (
    <RunViewProvider local runs={runs} fields={fields} metric={sweep.data.metric} place={place}>
      <Suspense fallback={<Skeleton height={HEIGHT + 80} />}>{drawn(sweep.data, panel, place)}</Suspense>
      <p className={styles.source}>
        From the sweep{" "}
        {IS_SHARED_REPORT ? sweep.data.name : <Link href={sweepPath(sweep.data)}>{sweep.data.name}</Link>}
        {panel.filter !== null && `, runs for which ${filterWords(JSON.parse(panel.filter), fields)}`}
      </p>
    </RunViewProvider>
  );
}

function drawn(sweep: Sweep, panel: Panel, place: string): ReactNode {
  switch (panel.kind) {
    case "curves":
      return <Curves sweep={sweep} text={panel.metric ?? sweep.metric?.name} />;
    case "parallel":
      return <ParallelPanel place={place} logs={logParams(sweep.config)} height={HEIGHT} />;
    case "importance":
      return <SweepImportance sweep={sweep} height={HEIGHT} alone />;
    case "runs":
      return <BestRuns sweep={sweep} limit={panel.limit} />;
    case "logged":
      return <LoggedChartPanel {...{ sweep, place }} wanted={panel.key ?? ""} height={HEIGHT} />;
    case "media":
      return <RunsMediaPanel {...{ sweep, place }} wanted={panel.key ?? ""} height={MEDIA_HEIGHT} alone />;
  }
}

const NO_METRIC = new Error('This sweep has no metric of its own: add a line "metric: …".');

const Curves = ({ sweep, text }: { sweep: Sweep; text: string | undefined }) =>
  text === undefined ? (
    <ErrorNote error={NO_METRIC} />
  ) : (
    <SweepCurves sweep={sweep} text={text} height={HEIGHT} />
  );
