import { replaceEqualDeep, useQuery } from "@tanstack/react-query";
import { Suspense, useCallback, useMemo, useRef } from "react";
import { useSearchParams } from "wouter";
import { isStatus } from "../../api/errors";
import { useInvalidate, useOnChange } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, sweepQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { runCollection, useRuns } from "../../api/useRuns";
import { sweepPath } from "../../app/routes";
import { ZoomProvider } from "../../charts/zoom";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { Tabs } from "../../components/Tabs";
import { lazy } from "../../lib/lazy";
import { searchedParams } from "../../lib/params";
import { useTitle } from "../../lib/useTitle";
import { RunViewProvider } from "../../view/RunView";
import { useFields } from "../../view/useFields";
import { NotFoundPage } from "../NotFoundPage";
import styles from "../Page.module.css";
import { ImportanceTab } from "./ImportanceTab";
import { RunsTab } from "./RunsTab";
import { SweepHeader } from "./SweepHeader";

// What the first view does not show comes when it is asked for.
const ConfigurationTab = lazy(() => import("./ConfigurationTab"));
const EventsTab = lazy(() => import("./EventsTab"));
const AgentsTab = lazy(() => import("./AgentsTab"));

const TABS = ["Runs", "Importance", "Configuration", "Events", "Agents"] as const;

/** State, counts and best come with the runs. What every logged row changes, and nothing tells of, is the compute time. */
const TOTALS_INTERVAL = 10_000;
/** Milliseconds; the server tells of changes less often than that. */
const RUNS_INTERVAL = 500;

/** Hours of a budget go by without anything that would be told; a hundredth of one, as it is shown, is 36 s. */
const BUDGET_INTERVAL = 30_000;

const always = () => true;

export function SweepPage({ path, id }: { path: ProjectPath; id: string }) {
  const [search] = useSearchParams();
  const query = sweepQuery(id);
  const asked = useQuery({ ...query, refetchInterval: ({ state }) => budgetInterval(state.data) });
  const { entity, project } = path;
  const collection = useMemo(() => runCollection({ entity, project }, id), [entity, project, id]);
  const runs = useRuns(collection);
  const isShown = useCallback(
    ({ kind, id: changed }: Change) => kind === "run" || (kind === "sweep" && changed === id),
    [id],
  );
  useOnChange(isShown, collection.refresh, RUNS_INTERVAL);
  useInvalidate(query.queryKey, always, TOTALS_INTERVAL);
  // What changes of the sweep comes with its runs, so that both are shown together.
  const sweep = useSame(newer(asked.data, runs.sweep));
  const current = TABS.find((name) => name.toLowerCase() === search.get("tab")) ?? "Runs";
  useTitle(sweep?.name ?? "Sweep", current === "Runs" ? null : current, `${entity}/${project}`);
  const params = useMemo(
    () => (sweep === undefined ? [] : searchedParams(sweep, runs.runs)),
    [sweep, runs.runs],
  );
  const fields = useFields(runs.runs, sweep?.metric ?? null, params);

  if (isStatus(asked.error, 404)) return <NotFoundPage what="sweep" path={path} />;
  if (sweep === undefined) {
    if (asked.error !== null) return <ErrorNote error={asked.error} retry={asked.refetch} page />;
    return <SweepSkeleton />;
  }
  const address = sweepPath({ entity, project, id });
  const tabs = TABS.map((name) => ({
    name,
    href: `${address}${tabSearch(search, name)}`,
    count: name === "Runs" ? sweep.run_count : undefined,
  }));
  return (
    <RunViewProvider runs={runs.runs} fields={fields} metric={sweep.metric} place={`${entity}/${project}`}>
      <div className={styles.page}>
        <SweepHeader sweep={sweep} runs={runs.runs} complete={runs.complete} />
        <Tabs label="Sweep" tabs={tabs} current={current} />
        <ZoomProvider>
          {current === "Runs" && <RunsTab sweep={sweep} snapshot={runs} retry={collection.refresh} />}
          {current === "Importance" && <ImportanceTab sweep={sweep} />}
          <Suspense fallback={<Skeleton height={320} />}>
            {current === "Configuration" && <ConfigurationTab sweep={sweep} />}
            {current === "Events" && <EventsTab sweep={sweep} runs={runs.runs} />}
            {current === "Agents" && <AgentsTab sweep={sweep} runs={runs.runs} />}
          </Suspense>
        </ZoomProvider>
      </div>
    </RunViewProvider>
  );
}

/** What is equal stays the same object, wherever it came from: all panels depend on the configuration. */
function useSame(sweep: Sweep | undefined): Sweep | undefined {
  const known = useRef(sweep);
  return useMemo(() => {
    known.current = replaceEqualDeep(known.current, sweep);
    return known.current;
  }, [sweep]);
}

/** Of a page that was left, the runs may have told of the sweep long ago. */
function newer(asked: Sweep | undefined, told: Sweep | null): Sweep | undefined {
  return asked !== undefined && told !== null && told.version > asked.version ? told : asked;
}

function budgetInterval(sweep: Sweep | undefined): number | false {
  const isOpen = sweep?.state === "RUNNING" || sweep?.state === "PAUSED";
  const isSpent = isOpen && sweep.budget?.some(({ key }) => key.endsWith("hours"));
  return isSpent ? BUDGET_INTERVAL : false;
}

/** What is chosen of the runs stays when another tab is opened. */
function tabSearch(search: URLSearchParams, tab: (typeof TABS)[number]): string {
  const params = new URLSearchParams(search);
  params.delete("panel");
  if (tab === "Runs") params.delete("tab");
  else params.set("tab", tab.toLowerCase());
  return params.size === 0 ? "" : `?${params}`;
}

/** As tall as what follows. */
function SweepSkeleton() {
  return (
    <div className={styles.page}>
      <Skeleton height={28} width={280} />
      <Skeleton height={112} />
      <Skeleton height={36} />
      <Skeleton height={280} />
      <Skeleton height={360} />
    </div>
  );
}
