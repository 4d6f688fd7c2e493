import { useQuery } from "@tanstack/react-query";
import { Suspense, useCallback, useMemo } from "react";
import { Redirect, useSearchParams } from "wouter";
import { isStatus, movedTo } from "../../api/errors";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, runDetailsQuery, runQuery, sweepQuery } from "../../api/queries";
import type { Run, RunDetails } from "../../api/types";
import { knownRun } from "../../api/useRuns";
import { runPath } from "../../app/routes";
import { ZoomProvider } from "../../charts/zoom";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { Tabs } from "../../components/Tabs";
import { lazy } from "../../lib/lazy";
import { tabWords } from "../../lib/tableAddress";
import { useTitle } from "../../lib/useTitle";
import type { Field } from "../../view/fields";
import { RunViewProvider } from "../../view/RunView";
import { useRenamed } from "../../view/useOwnNames";
import { NotFoundPage } from "../NotFoundPage";
import page from "../Page.module.css";
import { DeletedRun } from "./DeletedRun";
import { OverviewTab } from "./overview/OverviewTab";
import { RunHeader } from "./RunHeader";

/** What every tab of a run is given. */
export interface TabProps {
  path: ProjectPath;
  run: Run;
  details: RunDetails;
  /** Whether a change concerns this run. Keeps its identity. */
  changed: (change: Change) => boolean;
}

/** All but the first are fetched when they are opened. */
const TABS = {
  Overview: OverviewTab,
  Charts: lazy(() => import("./charts/ChartsTab")),
  Media: lazy(() => import("./media/MediaTab")),
  System: lazy(() => import("./system/SystemTab")),
  Log: lazy(() => import("./log/LogTab")),
  Files: lazy(() => import("./files/FilesTab")),
};
type TabName = keyof typeof TABS;
const NAMES = Object.keys(TABS) as TabName[];

/** Milliseconds. */
const SIGN_OF_LIFE = 10_000;

/** A run that has gone meanwhile is not asked for again and again. */
const isUnderWay = ({ data, error }: { data: Run | undefined; error: Error | null }): boolean =>
  error === null && data?.ended === null;

const NO_FIELDS: readonly Field[] = [];

export function RunPage({ path, id }: { path: ProjectPath; id: string }) {
  const [search] = useSearchParams();
  const query = runQuery(path, id);
  const detailsQuery = runDetailsQuery(path, id);
  // Signs of life are nothing that changes a run, so nobody tells of them.
  const run = useQuery({
    ...query,
    refetchInterval: ({ state }) => isUnderWay(state) && SIGN_OF_LIFE,
    placeholderData: () => knownRun(path, id), // so that steps from run to run need not wait for each
  });
  const details = useQuery({ ...detailsQuery, refetchInterval: isUnderWay(run) && SIGN_OF_LIFE });
  const sweepId = run.data?.sweep_id ?? null;
  const sweep = useQuery({ ...sweepQuery(sweepId ?? ""), enabled: sweepId !== null });
  const current = NAMES.find((name) => name.toLowerCase() === search.get("tab")) ?? "Overview";
  const changed = useCallback((change: Change) => change.kind === "run" && change.id === id, [id]);
  useInvalidate(query.queryKey, changed, 500);
  useInvalidate(detailsQuery.queryKey, changed, 2_000);
  const place = `${path.entity}/${path.project}`;
  const known = useMemo(() => (run.data === undefined ? [] : [run.data]), [run.data]);
  const [runs] = useRenamed(place, known);
  const [shown] = runs;
  useTitle(shown?.name ?? "Run", current === "Overview" ? null : current, sweep.data?.name, place);
  if (isStatus(run.error, 404)) return <NotFoundPage what="run" path={path} />;
  const moved = movedTo(run.error)?.split("/");
  if (moved !== undefined) {
    const [entity = "", project = ""] = moved;
    return <Redirect to={runPath({ entity, project, id })} replace />;
  }
  if (isStatus(run.error, 410)) return <DeletedRun path={path} id={id} undone={() => void run.refetch()} />;
  if (shown === undefined) {
    if (run.error !== null) return <ErrorNote error={run.error} retry={run.refetch} page />;
    return (
      <div className={page.page}>
        <Skeleton height={28} width={280} />
        <Skeleton height={80} />
        <Skeleton height={36} />
        <Skeleton height={240} />
      </div>
    );
  }
  const address = runPath({ ...path, id });
  const counts: Partial<Record<TabName, number>> = {
    Log: details.data?.output_lines,
    Files: details.data?.file_count,
  };
  const tabs = NAMES.map((name) => ({
    name,
    href: address + tabWords(search, name === "Overview" ? null : name.toLowerCase()),
    count: counts[name] || undefined,
  }));
  const Tab = TABS[current];
  return (
    <RunViewProvider local runs={runs} fields={NO_FIELDS} metric={null} place={place}>
      <div className={page.page}>
        <RunHeader path={path} run={shown} details={details.data} />
        <Tabs label="Run" tabs={tabs} current={current} />
        {details.data !== undefined ? (
          <Suspense fallback={<Skeleton height={360} />}>
            <ZoomProvider>
              <Tab path={path} run={shown} details={details.data} changed={changed} />
            </ZoomProvider>
          </Suspense>
        ) : details.error !== null ? (
          <ErrorNote error={details.error} retry={details.refetch} />
        ) : (
          <Skeleton height={360} />
        )}
      </div>
    </RunViewProvider>
  );
}
