import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import { type ProjectPath, sweepsQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { runPath, sweepPath } from "../../app/routes";
import { CopyCommand } from "../../components/CopyCommand";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { StateWord } from "../../components/StateIcon";
import { Ago } from "../../components/Time";
import { formatCount, formatDuration, formatNumber } from "../../lib/format";
import styles from "./SweepList.module.css";

const COLUMNS: DataColumn<Sweep>[] = [
  { name: "Name", cell: (sweep) => <Link href={sweepPath(sweep)}>{sweep.name}</Link> },
  { name: "State", cell: (sweep) => <StateWord state={sweep.state} /> },
  { name: "Created", cell: (sweep) => <Ago time={sweep.created} /> },
  { name: "Creator", cell: (sweep) => sweep.creator },
  { name: "Method", cell: (sweep) => sweep.method },
  {
    name: "Best",
    number: true,
    cell: ({ best, entity, project }) =>
      best && <Link href={runPath({ entity, project, id: best.id })}>{formatNumber(best.value)}</Link>,
  },
  { name: "Run count", number: true, cell: (sweep) => formatCount(sweep.run_count) },
  { name: "Running now", number: true, cell: (sweep) => formatCount(sweep.runs_by_state.running ?? 0) },
  {
    name: "Est. runs",
    number: true,
    cell: ({ expected_runs }) => (expected_runs === null ? "" : formatCount(expected_runs)),
  },
  { name: "Compute time", number: true, cell: (sweep) => formatDuration(sweep.compute_seconds) },
  {
    name: "Notes",
    cell: ({ description }) =>
      description !== null && (
        <span className={styles.notes} title={description}>
          {firstLine(description)}
        </span>
      ),
  },
];

const firstLine = (text: string): string => text.trim().split("\n", 1)[0] ?? "";

const always = () => true;

export function SweepList({ path }: { path: ProjectPath }) {
  const query = sweepsQuery(path);
  const sweeps = useQuery(query);
  useInvalidate(query.queryKey, always, 2_000);
  if (sweeps.isPending) return <Skeleton height={240} />;
  if (sweeps.data === undefined) return <ErrorNote error={sweeps.error} retry={sweeps.refetch} />;
  if (sweeps.data.sweeps.length === 0) {
    return (
      <EmptyState title="No sweeps in this project yet">
        <p>Create one from a configuration; it appears here by itself.</p>
        <CopyCommand command={`besom sweep --project ${path.project} sweep.yaml`} />
      </EmptyState>
    );
  }
  return (
    <DataTable label="Sweeps" columns={COLUMNS} rows={sweeps.data.sweeps} rowKey={(sweep) => sweep.id} />
  );
}
