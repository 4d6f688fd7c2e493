import { useQueries, useQuery } from "@tanstack/react-query";
import { Suspense, useMemo } from "react";
import { Link, useLocation } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, runQuery, sweepsQuery } from "../../api/queries";
import type { Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import MetricCharts from "../../charts/curvepanel/MetricCharts";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import { lazy } from "../../lib/lazy";
import { type Field, fieldsOf } from "../../view/fields";
import { loggedKeys } from "../../view/loggedKeys";
import { namesApart, withSweepNames } from "../../view/names";
import { RunViewProvider, useRunView } from "../../view/RunView";
import { useAgentNames } from "../../view/useAgentNames";
import { holdsMedia } from "../run/media/mediaValues";
import { CompareCode } from "./CompareCode";
import { CompareTable } from "./CompareTable";
import styles from "./CompareTable.module.css";
import { runRows } from "./rows";

const LoggedCharts = lazy(() => import("../loggedcharts/LoggedCharts"));

/** Among a few runs no field can colour them as it does among all. */
const NO_FIELDS: readonly Field[] = [];
const NO_SWEEPS: readonly Pick<Sweep, "id" | "name">[] = [];

const isRun = (change: Change) => change.kind === "run";
const found = (results: readonly { data?: Run | undefined; error: Error | null; isPending: boolean }[]) => ({
  runs: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  errors: results.flatMap(({ error }) => (error === null ? [] : [error])),
  pending: results.some(({ isPending }) => isPending),
});

/** Runs side by side: what they were given and what came of it, then their curves. */
export function CompareRuns({ path, ids }: { path: ProjectPath; ids: readonly string[] }) {
  const { runs, errors, pending } = useQueries({
    queries: ids.map((id) => runQuery(path, id)),
    combine: found,
  });
  useInvalidate(["run", path.entity, path.project], isRun, 2_000);
  const place = `${path.entity}/${path.project}`;
  return (
    <>
      <h1>Compare {plural(ids.length, "run")}</h1>
      {errors.map((error) => (
        <ErrorNote key={error.message} error={error} />
      ))}
      {pending ? (
        <Skeleton height={360} />
      ) : (
        runs.length > 0 && (
          <RunViewProvider local runs={runs} fields={NO_FIELDS} metric={null} place={place}>
            <SideBySide path={path} />
          </RunViewProvider>
        )
      )}
    </>
  );
}

function SideBySide({ path }: { path: ProjectPath }) {
  const [, navigate] = useLocation();
  const { all: runs, hover, colors } = useRunView();
  const sweeps = useQuery(sweepsQuery(path)).data?.sweeps ?? NO_SWEEPS;
  const withSweeps = useMemo(() => withSweepNames(fieldsOf(runs, null), sweeps), [runs, sweeps]);
  const { fields } = useAgentNames(runs, withSweeps, true);
  const rows = useMemo(() => runRows(runs, fields), [runs, fields]);
  const keys = useMemo(() => loggedKeys(fields), [fields]);
  const drawn = useMemo(() => runs.map((run) => ({ run, emphasis: "normal" as const })), [runs]);
  const columns = [...namesApart(runs)].map(([id, name]) => ({
    id,
    name,
    head: (
      <span className={styles.head}>
        <span className={styles.swatch} style={{ background: colors.of(id) }} />
        <Link href={runPath({ ...path, id })}>{name}</Link>
      </span>
    ),
  }));
  return (
    <>
      <CompareTable label="Runs side by side" columns={columns} rows={rows} />
      {runs.length > 1 && <CompareCode path={path} runs={runs} />}
      {runs.some(({ summary }) => holdsMedia(summary)) && (
        <Suspense fallback={null}>
          <LoggedCharts path={path} runs={runs} />
        </Suspense>
      )}
      {keys.length > 0 && (
        <MetricCharts
          path={path}
          runs={drawn}
          order="as chosen"
          fields={fields}
          keys={keys}
          hover={hover}
          onOpen={(id) => navigate(runPath({ ...path, id }))}
        />
      )}
    </>
  );
}
