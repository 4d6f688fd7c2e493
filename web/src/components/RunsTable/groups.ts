/** Runs in groups that fold, as rows of the table. Pure. */
import type { Run } from "../../api/types";
import { type Field, fieldText } from "../../view/fields";

export interface Group {
  /** Unique among the groups of a table, and the same when the runs change. */
  key: string;
  field: Field;
  /** As it is shown. */
  value: string;
  depth: number;
  runs: readonly Run[];
  open: boolean;
}

export type Row = { run: Run; depth: number } | Group;

export const isGroup = (row: Row): row is Group => "runs" in row;

/** Runs from the row of the run `from`, wherever it stands by now, to the row `to`, in either direction; only that one without it. */
export function idsBetween(rows: readonly Row[], from: string | null, to: number): string[] {
  const found = from === null ? -1 : rows.findIndex((row) => !isGroup(row) && row.run.id === from);
  const start = found < 0 ? to : found;
  return rows
    .slice(Math.min(start, to), Math.max(start, to) + 1)
    .flatMap((row) => (isGroup(row) ? [] : row.run.id));
}

/**
 * Rows of all groups, with the runs and groups inside those whose key is in `open`. Groups and runs keep the order of
 * `runs`: a group stands where its first run does, so the one with the best run comes first when runs are sorted so.
 */
export function groupRows(
  runs: readonly Run[],
  fields: readonly Field[],
  open: Pick<ReadonlySet<string>, "has">,
): Row[] {
  const rows: Row[] = [];
  const add = (inside: readonly Run[], depth: number, prefix: string) => {
    const field = fields[depth];
    if (field === undefined) {
      for (const run of inside) rows.push({ run, depth });
      return;
    }
    const byValue = new Map<string, Run[]>();
    for (const run of inside) {
      const value = fieldText(field, run);
      const known = byValue.get(value);
      if (known === undefined) byValue.set(value, [run]);
      else known.push(run);
    }
    for (const [value, members] of byValue) {
      const key = `${prefix}/${JSON.stringify(value)}`;
      rows.push({ key, field, value, depth, runs: members, open: open.has(key) });
      if (open.has(key)) add(members, depth + 1, key);
    }
  };
  add(runs, 0, "");
  return rows;
}
