import { useMemo } from "react";
import { Link } from "wouter";
import { IS_SHARED_REPORT } from "../../api/base";
import type { Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { ParamValue } from "../../components/ParamValue";
import { StateWord, stateOf } from "../../components/StateIcon";
import { commonDigits, formatNumber, MOST_DIGITS } from "../../lib/format";
import { paramOf, searchedParams } from "../../lib/params";
import { useDrawnRuns } from "../sweep/useDrawnRuns";

/** The best runs of a sweep with their parameters. */
export function BestRuns({ sweep, limit }: { sweep: Sweep; limit: number }) {
  const drawn = useDrawnRuns(sweep);
  const runs = useMemo(() => drawn.slice(0, limit).map(({ run }) => run), [drawn, limit]);
  const columns = useMemo<DataColumn<Run>[]>(() => {
    const digits = commonDigits(runs.flatMap(({ best }) => best ?? []));
    return [
      {
        name: "Name",
        cell: (run) => (IS_SHARED_REPORT ? run.name : <Link href={runPath(run)}>{run.name}</Link>),
      },
      {
        name: sweep.metric?.name ?? "Value",
        number: true,
        cell: ({ best }) => (best === null ? "–" : formatNumber(best, MOST_DIGITS, digits)),
      },
      { name: "State", cell: (run) => <StateWord state={stateOf(run)} /> },
      ...searchedParams(sweep, runs).map((name) => ({
        name,
        number: runs.every((run) => typeof (paramOf(run, name) ?? 0) === "number"),
        cell: (run: Run) => <ParamValue value={paramOf(run, name)} />,
      })),
    ];
  }, [sweep, runs]);
  return (
    <DataTable
      compared
      label={`Best runs of ${sweep.name}`}
      columns={columns}
      rows={runs}
      rowKey={({ id }) => id}
    />
  );
}
