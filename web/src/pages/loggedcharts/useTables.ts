import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { ApiError } from "../../api/errors";
import { fileAddress } from "../../api/files";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { namesApart } from "../../view/names";
import type { TableFile } from "../run/media/tableFile";
import { tableQuery } from "../run/media/tableQuery";
import { tableOf } from "./loggedTables";
import type { RunTable } from "./overlaid";

type Answers = readonly { data: TableFile | undefined; error: Error | null; isPending: boolean }[];

const together = (answers: Answers) => ({
  files: answers.map(({ data }) => data),
  error: answers.find(({ error }) => error !== null)?.error ?? null,
  pending: answers.some(({ isPending }) => isPending),
});

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

/** Milliseconds until a table is asked for again whose bytes are still on their way; false for any other. */
function againAfter({ state }: { state: { error: Error | null; errorUpdateCount: number } }): number | false {
  const { error, errorUpdateCount } = state;
  if (!(error instanceof ApiError && error.status === 404)) return false;
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (errorUpdateCount - 1));
}

/** The newest table of each run under the key `name`; until it is here, the one before it. Runs of one name are told apart. */
export function useTables(path: ProjectPath, runs: readonly Run[], name: string) {
  // What a query showed before is lost when its key changes: `keepPreviousData` is of no use to several at once.
  const known = useRef<ReadonlyMap<string, TableFile>>(new Map());
  const { files, error, pending } = useQueries({
    queries: runs.map((run) => ({
      ...tableQuery(fileAddress(path, run.id, tableOf(run, name)?.path ?? "")),
      retry: false,
      refetchInterval: againAfter,
    })),
    combine: together,
  });
  const names = useMemo(() => namesApart(runs), [runs]);
  const tables = useMemo(
    () =>
      runs.flatMap((run, i): RunTable[] => {
        const table = files[i] ?? known.current.get(run.id);
        return table === undefined ? [] : [{ run: { ...run, name: names.get(run.id) ?? run.name }, table }];
      }),
    [runs, names, files],
  );
  useEffect(() => {
    known.current = new Map(tables.map(({ run, table }) => [run.id, table]));
  }, [tables]);
  return { tables, error, pending };
}
