import type { ColumnDef } from "@tanstack/react-table";
import { Link } from "wouter";
import type { MetricGoal, Run } from "../../api/types";
import { runPath } from "../../app/routes";
import { compareValues } from "../../lib/compare";
import { formatCount, formatDuration, formatNumber, formatValue } from "../../lib/format";
import { paramOf } from "../../lib/params";
import { whySentence, whyWord } from "../../lib/why";
import { ParamValue } from "../ParamValue";
import { STATES, StateIcon, stateOf } from "../StateIcon";
import { Ago, Counting } from "../Time";

declare module "@tanstack/react-table" {
  interface ColumnMeta<TData, TValue> {
    /** Right-aligned. */
    number?: boolean;
    /** What its name does not say. */
    note?: string;
  }
}

export interface ParamColumn {
  name: string;
  note?: string;
}

type Column = ColumnDef<Run>;

const CHARACTER = 8;
const width = (text: string, least: number, most = 220): number =>
  Math.round(Math.min(most, Math.max(least, text.length * CHARACTER + 40)));

/** Missing values stay last whichever way a column is sorted. */
const sorted = {
  sortUndefined: "last",
  sortingFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)),
} as const satisfies Partial<Column>;

const NAME: Column = {
  id: "name",
  header: "Name",
  size: 208,
  accessorFn: (run) => run.name,
  sortDescFirst: false,
  cell: ({ row: { original: run } }) => (
    <span title={run.reason === "" ? run.name : `${run.name}: ${run.reason}`}>
      <StateIcon state={stateOf(run)} />
      <Link href={runPath(run)}>{run.name}</Link>
    </span>
  ),
  ...sorted,
};

const STATE: Column = {
  id: "state",
  header: "State",
  size: 124,
  accessorFn: (run) => STATES[stateOf(run)].word,
  sortDescFirst: false,
  cell: ({ row: { original: run } }) => <span title={run.reason}>{STATES[stateOf(run)].word}</span>,
  ...sorted,
};

const whyColumn = (metric: MetricGoal | null): Column => ({
  id: "why",
  header: "Why",
  size: 124,
  accessorFn: (run) => whyWord(run.why) ?? undefined,
  sortDescFirst: false,
  cell: ({ row: { original: run } }) =>
    run.why !== null && <span title={whySentence(run.why, metric?.name ?? null)}>{whyWord(run.why)}</span>,
  ...sorted,
});

const LAST: Column[] = [
  {
    id: "steps",
    header: "Steps",
    size: 84,
    meta: { number: true },
    accessorFn: (run) => run.steps,
    cell: ({ row }) => formatCount(row.original.steps),
    ...sorted,
  },
  {
    id: "duration",
    header: "Duration",
    size: 108,
    meta: { number: true },
    accessorFn: (run) => (run.started === null ? undefined : run.duration),
    cell: ({ row: { original: run } }) => {
      if (run.started === null) return "–";
      return run.ended === null ? <Counting since={run.started} /> : formatDuration(run.duration);
    },
    ...sorted,
  },
  {
    id: "created",
    header: "Created",
    size: 112,
    meta: { number: true },
    accessorFn: (run) => run.created,
    cell: ({ row }) => <Ago time={row.original.created} />,
    ...sorted,
  },
];

const metricColumn = ({ name, goal }: MetricGoal): Column => ({
  id: "metric",
  header: name,
  size: width(name, 112),
  meta: { number: true },
  sortDescFirst: goal === "maximize",
  accessorFn: (run) => run.best ?? undefined,
  cell: ({ row: { original: run } }) => (run.best === null ? "–" : formatNumber(run.best)),
  ...sorted,
});

const SAMPLE = 50;

const paramColumn = ({ name, note }: ParamColumn, runs: readonly Run[]): Column => {
  const sample = runs.slice(0, SAMPLE).map((run) => paramOf(run, name));
  const longest = sample.map((value) => formatValue(value)).sort((a, b) => b.length - a.length)[0] ?? "";
  return {
    id: `param:${name}`,
    header: name,
    size: Math.max(width(name, 88), width(longest, 88) - 16),
    meta: { number: sample.every((value) => typeof value === "number" || value === undefined), note },
    sortDescFirst: false,
    accessorFn: (run) => paramOf(run, name) ?? undefined,
    cell: ({ row }) => <ParamValue value={paramOf(row.original, name)} />,
    ...sorted,
  };
};

/** `explained`: whether runs differ in how the sweep came to them. */
export function runColumns(
  params: readonly ParamColumn[],
  metric: MetricGoal | null,
  runs: readonly Run[],
  explained: boolean,
): Column[] {
  return [
    NAME,
    ...(metric === null ? [] : [metricColumn(metric)]),
    STATE,
    ...(explained ? [whyColumn(metric)] : []),
    ...params.map((param) => paramColumn(param, runs)),
    ...LAST,
  ];
}
