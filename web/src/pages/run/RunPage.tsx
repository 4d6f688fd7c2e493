import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { isStatus } from "../../api/errors";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { type ProjectPath, runQuery } from "../../api/queries";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { KeyValues } from "../../components/KeyValues";
import { Skeleton } from "../../components/Skeleton";
import { flatten } from "../../lib/params";
import { useTitle } from "../../lib/useTitle";
import { NotFoundPage } from "../NotFoundPage";
import page from "../Page.module.css";
import { RunCurves } from "./RunCurves";
import { RunHeader } from "./RunHeader";
import styles from "./RunPage.module.css";

/** Without the keys that besom adds by itself. */
const logged = (summary: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(summary).filter(([key]) => !key.startsWith("_")));

export function RunPage({ path, id }: { path: ProjectPath; id: string }) {
  const query = runQuery(path, id);
  const run = useQuery(query);
  const mine = useCallback((change: Change) => change.kind === "run" && change.id === id, [id]);
  useInvalidate(query.queryKey, mine, 1_000);
  useTitle(run.data?.name ?? "Run");
  if (isStatus(run.error, 404)) return <NotFoundPage what="run" />;
  if (run.data === undefined) {
    if (run.error !== null) return <ErrorNote error={run.error} retry={run.refetch} page />;
    return (
      <div className={page.page}>
        <Skeleton height={28} width={280} />
        <Skeleton height={80} />
        <Skeleton height={240} />
      </div>
    );
  }
  const { params, why, config, summary } = run.data;
  return (
    <div className={page.page}>
      <RunHeader path={path} run={run.data} />
      <RunCurves path={path} run={run.data} changed={mine} />
      <div className={styles.columns}>
        {params !== null && (
          <Card title="Parameters from the sweep">
            <KeyValues values={flatten(params)} />
          </Card>
        )}
        <Card title="Configuration">
          <KeyValues values={flatten(config)} />
        </Card>
        <Card title="Summary">
          <KeyValues values={flatten(logged(summary))} />
        </Card>
        {why !== null && Object.keys(why).length > 0 && (
          <Card title="Why these parameters">
            <KeyValues values={flatten(why)} />
          </Card>
        )}
      </div>
    </div>
  );
}
