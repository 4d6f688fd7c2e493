import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
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
import { commonDigits, formatCount, formatDuration, formatNumber, MOST_DIGITS } from "../../lib/format";
import { plainLine } from "../../lib/plainLine";
import { sweepProgress } from "../../lib/progress";
import { shellWord } from "../../lib/quoted";
import styles from "./SweepList.module.css";
import { SweepBar, type Ticked, tickColumn } from "./SweepTicks";

const columnsOf = (digits: number): DataColumn<Sweep>[] => [
  { name: "Name", cell: (sweep) => <Link href={sweepPath(sweep)}>{sweep.name}</Link> },
  { name: "State", cell: (sweep) => <StateWord state={sweep.state} /> },
  { name: "Created", cell: (sweep) => <Ago time={sweep.created} /> },
  { name: "Creator", cell: (sweep) => sweep.creator },
  { name: "Method", cell: (sweep) => sweep.method },
  {
    name: "Best",
    number: true,
    cell: ({ best, entity, project }) =>
      best && (
        <Link href={runPath({ entity, project, id: best.id })}>
          {formatNumber(best.value, MOST_DIGITS, digits)}
        </Link>
      ),
  },
  { name: "Run count", number: true, cell: (sweep) => formatCount(sweep.run_count) },
  { name: "Running now", number: true, cell: (sweep) => formatCount(sweepProgress(sweep).running) },
  {
    name: "Est. runs",
    number: true,
    cell: ({ expected_runs }) => (expected_runs === null ? "" : formatCount(expected_runs)),
  },
  { name: "Compute time", number: true, cell: (sweep) => formatDuration(sweep.compute_seconds) },
  {
    name: "Notes",
    wide: true,
    cell: ({ description }) =>
      description !== null && (
        <span className={styles.notes} title={description}>
          {plainLine(description)}
        </span>
      ),
  },
];

const always = () => true;

const sweepCommand = ({ entity, project }: ProjectPath): string =>
  `besom sweep --entity ${shellWord(entity)} --project ${shellWord(project)} sweep.yaml`;

export function SweepList({ path }: { path: ProjectPath }) {
  const query = sweepsQuery(path);
  const sweeps = useQuery(query);
  const [chosen, setChosen] = useState<Ticked>(new Set());
  useInvalidate(query.queryKey, always, 2_000);
  if (sweeps.isPending) return <Skeleton height={240} />;
  if (sweeps.data === undefined) return <ErrorNote error={sweeps.error} retry={sweeps.refetch} />;
  if (sweeps.data.sweeps.length === 0) {
    return (
      <EmptyState title="No sweeps in this project yet">
        <p>Create one from a configuration; it appears here by itself.</p>
        <CopyCommand command={sweepCommand(path)} />
      </EmptyState>
    );
  }
  const rows = sweeps.data.sweeps;
  const ticked = new Set(rows.map(({ id }) => id).filter((id) => chosen.has(id)));
  const known = columnsOf(commonDigits(rows.flatMap(({ best }) => best?.value ?? [])));
  const columns = rows.length > 1 ? [tickColumn(rows, ticked, setChosen), ...known] : known;
  return (
    <>
      {rows.length > 1 && <SweepBar path={path} ticked={ticked} setTicked={setChosen} />}
      <DataTable label="Sweeps" columns={columns} rows={rows} rowKey={(sweep) => sweep.id} />
    </>
  );
}
