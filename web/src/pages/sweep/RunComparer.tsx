import { useMemo } from "react";
import { Link } from "wouter";
import type { Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { NO_RUN, Nothing } from "../../charts/Nothing";
import { Card } from "../../components/Card";
import { useRunView } from "../../view/RunView";
import { CompareTable } from "../compare/CompareTable";
import tableStyles from "../compare/CompareTable.module.css";
import { runRows } from "../compare/rows";
import { useFirstRuns } from "./useFirstRuns";

const MOST = 10;

/** The ticked runs, or else the best of those drawn: what they were given and what came of it. */
export function RunComparer({ sweep, height }: { sweep: Sweep; height: number }) {
  const { fields, colors } = useRunView();
  const { runs, which } = useFirstRuns(sweep, MOST);
  const rows = useMemo(() => runRows(runs, fields), [runs, fields]);
  const columns = runs.map((run) => ({
    id: run.id,
    name: run.name,
    head: (
      <span className={tableStyles.head}>
        <span className={tableStyles.swatch} style={{ background: colors.of(run.id) }} />
        <Link href={runPath(run)}>{run.name}</Link>
      </span>
    ),
  }));
  return (
    <Card
      title="Runs side by side"
      aside={
        runs.length > 0 && (
          <span>
            the {which} {runs.length}
          </span>
        )
      }
    >
      {runs.length === 0 ? (
        <Nothing height={height}>{NO_RUN}</Nothing>
      ) : (
        <CompareTable label="Rows of the comparison" columns={columns} rows={rows} height={height} />
      )}
    </Card>
  );
}
