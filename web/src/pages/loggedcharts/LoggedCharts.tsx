import { useMemo } from "react";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { Card } from "../../components/Card";
import { LoggedChart } from "./LoggedChart";
import styles from "./LoggedChart.module.css";
import { loggedTables, tableOf } from "./loggedTables";

const HEIGHT = 260;

/** Each chart that the programs of these runs have logged, of all of the runs in one. */
export default function LoggedCharts({ path, runs }: { path: ProjectPath; runs: readonly Run[] }) {
  const charts = useMemo(
    () =>
      loggedTables(runs).map(([key, title]) => ({
        key,
        title,
        runs: runs.filter((run) => tableOf(run, key) !== undefined),
      })),
    [runs],
  );
  return (
    <div className={styles.charts}>
      {charts.map(({ key, title, runs }) => (
        <Card key={key} title={title}>
          <LoggedChart path={path} runs={runs} name={key} height={HEIGHT} />
        </Card>
      ))}
    </div>
  );
}
