import { useQueries } from "@tanstack/react-query";
import { Suspense, useCallback, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { useInvalidate, useOnChange } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, sweepQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { runCollection, useRunsOfAll } from "../../api/useRuns";
import { sweepPath } from "../../app/routes";
import type { Against } from "../../charts/curveLines";
import { Legend } from "../../charts/curvepanel/Legend";
import type { Line } from "../../charts/curves";
import { CurvesChart } from "../../charts/lazy";
import { ZoomReset } from "../../charts/zoom";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import { Hover } from "../../view/hover";
import { seriesColor } from "../../view/runColors";
import styles from "./CompareSweeps.module.css";
import { CompareTable } from "./CompareTable";
import table from "./CompareTable.module.css";
import { progressLines } from "./sweepProgressLines";
import { sweepRows } from "./sweepRows";

const HEIGHT = 300;
const RUNS: Against = { name: "number of runs", kind: "step" };
const TIME: Against = { name: "time since its first run", kind: "duration" };

const anything = (change: Change) => change.kind === "run" || change.kind === "sweep";
const isRun = (change: Change) => change.kind === "run";
const combined = <T,>(
  results: readonly { data?: T | undefined; error: Error | null; isPending: boolean }[],
) => ({
  data: results.map(({ data }) => data),
  errors: results.flatMap(({ error }) => (error === null ? [] : [error])),
  pending: results.some(({ isPending }) => isPending),
});

/** Whole sweeps against each other: how soon each was how good, then what they are and what came of them. */
export function CompareSweeps({ path, ids }: { path: ProjectPath; ids: readonly string[] }) {
  const [hover] = useState(() => new Hover());
  const [, navigate] = useLocation();
  const asked = useQueries({ queries: ids.map((id) => sweepQuery(id)), combine: combined });
  const { entity, project } = path;
  const collections = useMemo(
    () => ids.map((id) => runCollection({ entity, project }, id)),
    [ids, entity, project],
  );
  const runs = useRunsOfAll(collections);
  const refresh = useCallback(() => {
    for (const one of collections) one.refresh();
  }, [collections]);
  useInvalidate(["sweep"], anything, 2_000);
  useOnChange(isRun, refresh, 5_000);
  const sweeps = useMemo(() => asked.data.filter((sweep) => sweep !== undefined), [asked.data]);
  const names = useMemo(() => new Map(sweeps.map(({ id, name }) => [id, name])), [sweeps]);
  const progress = useMemo(
    () =>
      sweeps.flatMap((sweep, i) => {
        const mine = runs[ids.indexOf(sweep.id)];
        if (mine === undefined || !mine.complete || sweep.metric === null) return [];
        return [progressLines(sweep.id, mine.runs, sweep.metric.goal, seriesColor(i))];
      }),
    [sweeps, runs, ids],
  );
  const rows = useMemo(() => sweepRows(sweeps), [sweeps]);
  const errors = [...asked.errors, ...runs.flatMap(({ error }) => error ?? [])];
  const nameOf = (id: string) => names.get(id) ?? id;
  const metric = metricOf(sweeps);
  const onOpen = (id: string) => navigate(sweepPath({ ...path, id }));
  const chart = (title: string, lines: readonly Line[], against: Against) => (
    <Card title={title} aside={<ZoomReset against={against} />}>
      {runs.some(({ complete, error }) => !complete && error === null) ? (
        <Skeleton height={HEIGHT} />
      ) : (
        <Suspense fallback={<Skeleton height={HEIGHT} />}>
          <CurvesChart {...{ lines, against, nameOf, hover, onOpen }} name={metric} height={HEIGHT} />
        </Suspense>
      )}
      <Legend {...{ lines, nameOf, hover, onOpen }} />
    </Card>
  );
  return (
    <>
      <h1>Compare {plural(ids.length, "sweep")}</h1>
      {errors.map((error) => (
        <ErrorNote key={error.message} error={error} />
      ))}
      {differ(sweeps) && (
        <p role="note">
          These sweeps do not optimise the same thing ({goalsOf(sweeps)}), so their values must not be
          compared.
        </p>
      )}
      {asked.pending ? (
        <Skeleton height={HEIGHT} />
      ) : (
        <>
          <div className={styles.charts}>
            {chart(
              `Best ${metric} by number of runs`,
              progress.map(({ byRuns }) => byRuns),
              RUNS,
            )}
            {chart(
              `Best ${metric} by time`,
              progress.map(({ byTime }) => byTime),
              TIME,
            )}
          </div>
          <CompareTable
            label="Sweeps side by side"
            columns={sweeps.map((sweep, i) => ({
              id: sweep.id,
              name: sweep.name,
              head: (
                <span className={table.head}>
                  <span className={table.swatch} style={{ background: seriesColor(i) }} />
                  <Link href={sweepPath(sweep)}>{sweep.name}</Link>
                </span>
              ),
            }))}
            rows={rows}
          />
        </>
      )}
    </>
  );
}

const goalOf = ({ metric }: Sweep): string => (metric === null ? "nothing" : `${metric.goal} ${metric.name}`);
const goalsOf = (sweeps: readonly Sweep[]): string => [...new Set(sweeps.map(goalOf))].join("; ");
const differ = (sweeps: readonly Sweep[]): boolean => new Set(sweeps.map(goalOf)).size > 1;
const metricOf = (sweeps: readonly Sweep[]): string =>
  (differ(sweeps) ? null : sweeps[0]?.metric?.name) ?? "value";
