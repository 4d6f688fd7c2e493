import {
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  useReactTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef } from "react";
import { useSearchParams } from "wouter";
import type { RunsSnapshot } from "../../api/runCollection";
import type { MetricGoal, Run } from "../../api/types";
import { ErrorNote } from "../ErrorNote";
import { Skeleton } from "../Skeleton";
import { type ParamColumn, runColumns } from "./columns";
import { HeaderCell } from "./HeaderCell";
import styles from "./RunsTable.module.css";
import { formatSorting, parseSorting } from "./sorting";
import { useRowKeys } from "./useRowKeys";

const ROW_HEIGHT = 32;

interface Props {
  snapshot: RunsSnapshot;
  retry: () => void;
  /** Parameters with a column of their own. */
  params: readonly ParamColumn[];
  metric: MetricGoal | null;
  /** Whether runs differ in how the sweep came to them. */
  explained?: boolean;
  bestId?: string;
  empty: ReactNode;
}

const rowId = (run: Run) => run.id;

/** All runs, sortable by every column; only the rows in sight are in the document. */
export function RunsTable({ snapshot, retry, params, metric, explained = false, bestId, empty }: Props) {
  const { runs, total, complete, error } = snapshot;
  const [search, setSearch] = useSearchParams();
  const sorting = useMemo<SortingState>(
    () => parseSorting(search.get("sort"), metric?.goal ?? null),
    [search, metric?.goal],
  );
  const known = runs.length > 0;
  const paramKey = params.map(({ name, note }) => `${name} ${note}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are measured on the first runs, then stay
  const columns = useMemo(
    () => runColumns(params, metric, runs, explained),
    [paramKey, metric?.name, metric?.goal, explained, known],
  );
  const table = useReactTable({
    data: runs as Run[],
    columns,
    getRowId: rowId,
    state: { sorting },
    onSortingChange: (change) => {
      const next = typeof change === "function" ? change(sorting) : change;
      setSearch(
        (old) => {
          old.set("sort", formatSorting(next));
          return old;
        },
        { replace: true },
      );
    },
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });

  const rows = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const onKeyDown = useRowKeys(scroller, rows.length, (index) => virtual.scrollToIndex(index));

  if (error !== null && runs.length === 0) return <ErrorNote error={error} retry={retry} />;
  if (runs.length === 0) return complete ? empty : <Skeleton height={360} />;

  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <div className={styles.place}>
      {error !== null && <ErrorNote error={error} retry={retry} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a section would not take the keys of the rows inside */}
      <div
        ref={scroller}
        className={styles.frame}
        role="region"
        aria-label="Runs"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <table
          className={styles.table}
          aria-rowcount={rows.length + 1}
          style={{ width: table.getTotalSize() }}
        >
          <colgroup>
            {headers.map((header) => (
              <col key={header.id} style={{ width: header.getSize() }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {headers.map((header) => (
                <HeaderCell key={header.id} header={header} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} />}
            {items.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <tr
                  key={row.id}
                  data-index={index}
                  aria-rowindex={index + 2}
                  className={row.id === bestId ? styles.best : undefined}
                >
                  {row.getVisibleCells().map((cell) => (
                    <td
                      key={cell.id}
                      className={cell.column.columnDef.meta?.number ? styles.number : undefined}
                    >
                      {flexRender(cell.column.columnDef.cell, cell.getContext())}
                    </td>
                  ))}
                </tr>
              );
            })}
            {below > 0 && <Gap height={below} />}
          </tbody>
        </table>
      </div>
      {!complete && (
        <p className={styles.loading} role="status">
          Loading runs: {runs.length.toLocaleString("en-US")} of {total.toLocaleString("en-US")}
        </p>
      )}
    </div>
  );
}

/** Stands for the rows out of sight. */
const Gap = ({ height }: { height: number }) => (
  <tr>
    <td className={styles.gap} style={{ height }} />
  </tr>
);
