import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import type { RunsSnapshot } from "../../api/runCollection";
import { lazy } from "../../lib/lazy";
import { tableWords } from "../../lib/tableAddress";
import { useMedia } from "../../lib/useMedia";
import { CalmView } from "../../view/CalmView";
import { useRunView } from "../../view/RunView";
import { useChosenExtremes } from "../../view/useExtremeFields";
import { Button } from "../Button";
import { ErrorNote } from "../ErrorNote";
import { ScrollSigns } from "../ScrollSigns";
import { Skeleton } from "../Skeleton";
import { columnMenu } from "./columnMenu";
import { groupRows, isGroup } from "./groups";
import { type HeadActions, HeaderCell } from "./HeaderCell";
import { RunRow } from "./RunRow";
import styles from "./RunsTable.module.css";
import { nextSorting, sortRuns } from "./sorting";
import { TableBar } from "./TableBar";
import { useColumns } from "./useColumns";
import { useRowKeys } from "./useRowKeys";
import { type RunTasks, useRunTasks } from "./useRunTasks";
import { useSorting } from "./useSorting";
import { useTicks } from "./useTicks";

/** Few group. */
const GroupRow = lazy(() => import("./GroupRow"));

const HEAD_HEIGHT = 32;
/** Of a row: a finger needs more of it. As the style sheet has it. */
const ROW_HEIGHT = window.matchMedia("(pointer: coarse)").matches ? 40 : 32;

interface Props {
  snapshot: RunsSnapshot;
  retry: () => void;
  /** Whose runs these are; without one all of the project. */
  sweep?: string;
  /** Ids of columns that have nothing to tell here. */
  hidden?: readonly string[];
  /** What names of columns do not say, by id. */
  notes?: ReadonlyMap<string, string>;
  bestId?: string;
  empty: ReactNode;
  /** Whether it stands at the left of charts; undefined where these have no room for it. */
  side?: boolean;
  setSide?: (side: boolean) => void;
}

const NONE: readonly string[] = [];
const NO_NOTES: ReadonlyMap<string, string> = new Map();

/** The runs of the view, or what stands in their place. */
export function RunsTable({ snapshot, empty, hidden = NONE, notes = NO_NOTES, ...others }: Props) {
  const { total, complete, error } = snapshot;
  const { all } = useRunView();
  const [address] = useSearchParams();
  const words = tableWords(address, others.sweep);
  const [tasks, dialog] = useRunTasks(words);
  const instead = complete ? empty : <Skeleton height={360} />;
  return (
    <>
      {all.length > 0 ? (
        <CalmView>
          <Table {...{ total, complete, error, hidden, notes, words, tasks }} {...others} />
        </CalmView>
      ) : error !== null ? (
        <ErrorNote error={error} retry={others.retry} />
      ) : (
        instead
      )}
      {dialog}
    </>
  );
}

type TableProps = { words: string; tasks: RunTasks } & Required<Pick<Props, "hidden" | "notes">> &
  Pick<Props, "retry" | "sweep" | "bestId" | "side" | "setSide"> &
  Pick<RunsSnapshot, "total" | "complete" | "error">;

/** Every column sorts; the runs fold into groups; only the rows in sight are in the document. */
const Table = memo(function Table({
  total,
  complete,
  error,
  retry,
  sweep,
  hidden,
  notes,
  bestId,
  words,
  tasks,
  side,
  setSide,
}: TableProps) {
  const view = useRunView();
  const { all, matched, shown, fieldById, metric, group, selected, hover, colors } = view;
  const isTelephone = useMedia("(max-width: 560px)");
  const room = side ? "side" : isTelephone ? "telephone" : "page";
  const columns = useColumns(hidden, notes, room);
  const [sorting, setSorting] = useSorting();

  // All that may be shown, so that a hand that brushes need not wait for them to be sorted again.
  const inOrder = useMemo(() => {
    const field = sorting === null ? undefined : fieldById.get(sorting.id);
    return sorting === null || field === undefined ? matched : sortRuns(matched, field, sorting.descending);
  }, [matched, sorting, fieldById]);
  const sorted = useMemo(() => {
    if (shown === matched) return inOrder;
    const among = new Set(shown);
    return inOrder.filter((run) => among.has(run));
  }, [inOrder, shown, matched]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    const fields = group.flatMap((id) => fieldById.get(id) ?? []);
    return groupRows(sorted, fields, open);
  }, [sorted, group, fieldById, open]);

  const { tick, tickAll, tickShown, toggleEye } = useTicks(rows, !complete || all.length < total);
  const [current, setCurrent] = useState(0);
  const actions = useMemo(
    () => ({ tick, toggleEye, focus: setCurrent, menu: tasks.menu }),
    [tick, toggleEye, tasks.menu],
  );
  const fold = useCallback(
    (key: string) =>
      setOpen((known) => {
        const changed = new Set(known);
        if (!changed.delete(key)) changed.add(key);
        return changed;
      }),
    [],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  const onKeyDown = useRowKeys(scroller, rows.length, (index) => virtual.scrollToIndex(index));

  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const pinned = columns.shown.reduce((sum, { pinned, width }) => sum + (pinned ? width : 0), 0);
  const reachable = Math.min(current, rows.length - 1);
  const tickedShown = shown.reduce((count, { id }) => count + Number(selected.has(id)), 0);
  const [ids, set] = useChosenExtremes(view.place);
  const extremes = { ids, set };
  const order = (id: string, descending: boolean) => setSorting({ id, descending });
  const latest: HeadActions = {
    sort: ({ field }) => setSorting(nextSorting(sorting, field, metric?.goal ?? null)),
    menu: (column) => columnMenu(column, columns, view, order, extremes),
    drop: ({ field }, id) => columns.move(id, field.id),
  };
  const headActions = useRef(latest);
  headActions.current = latest;
  return (
    <div className={styles.place} data-room={room}>
      {error !== null && <ErrorNote error={error} retry={retry} />}
      <TableBar
        runs={sorted}
        sweep={sweep}
        columns={columns}
        tasks={tasks}
        tickAll={tickAll}
        tickedShown={tickedShown}
        side={side}
        setSide={setSide}
      />
      <div
        className={styles.around}
        style={
          { "--first": `${columns.shown[0]?.width ?? 0}px`, "--pinned": `${pinned}px` } as React.CSSProperties
        }
      >
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
            aria-label="Runs"
            aria-rowcount={rows.length + 1}
            style={{ width: columns.shown.reduce((sum, { width }) => sum + width, 0) }}
          >
            <colgroup>
              {columns.shown.map(({ field, width }) => (
                <col key={field.id} style={{ width }} />
              ))}
            </colgroup>
            <thead>
              <tr aria-rowindex={1}>
                {columns.shown.map((column, i) => (
                  <HeaderCell key={column.field.id} column={column} sorting={sorting} actions={headActions}>
                    {i === 0 && (
                      <label className={styles.tick}>
                        <input
                          type="checkbox"
                          aria-label="Select all runs that are shown"
                          ref={(box) => {
                            if (box !== null)
                              box.indeterminate = tickedShown > 0 && tickedShown < shown.length;
                          }}
                          checked={shown.length > 0 && tickedShown === shown.length}
                          onChange={({ target }) => tickShown(target.checked)}
                        />
                      </label>
                    )}
                  </HeaderCell>
                ))}
              </tr>
            </thead>
            <tbody>
              {above > 0 && <Gap height={above} />}
              {items.map(({ index }) => {
                const row = rows[index];
                if (row === undefined) return null;
                const common = { index, columns: columns.shown, metric, current: index === reachable };
                return isGroup(row) ? (
                  <Suspense key={row.key} fallback={<Gap height={ROW_HEIGHT} />}>
                    <GroupRow
                      {...common}
                      group={row}
                      shown={shown}
                      ticked={row.runs.reduce((count, { id }) => count + Number(selected.has(id)), 0)}
                      toggle={fold}
                      tick={tickAll}
                      focus={setCurrent}
                    />
                  </Suspense>
                ) : (
                  <RunRow
                    key={row.run.id}
                    {...common}
                    run={row.run}
                    depth={row.depth}
                    words={words}
                    color={colors.of(row.run.id)}
                    best={row.run.id === bestId}
                    ticked={selected.has(row.run.id)}
                    closed={view.hidden.has(row.run.id)}
                    hover={hover}
                    actions={actions}
                  />
                );
              })}
              {below > 0 && <Gap height={below} />}
            </tbody>
          </table>
          {shown.length === 0 && (
            <div className={styles.nothing}>
              <p>{view.pending ? "Loading what the runs are chosen by…" : "No run to show."}</p>
              <Button onClick={view.clear}>Show all runs</Button>
            </div>
          )}
        </div>
        <div className={styles.signs}>
          <ScrollSigns shadesOnly scroller={scroller} what="columns" />
        </div>
      </div>
      {!complete && (
        <p className={styles.loading} role="status">
          Loading runs: {all.length.toLocaleString("en-US")} of {total.toLocaleString("en-US")}
        </p>
      )}
    </div>
  );
});

/** Stands for the rows out of sight. */
const Gap = ({ height }: { height: number }) => (
  <tr className={styles.gap}>
    <td style={{ height }} />
  </tr>
);
