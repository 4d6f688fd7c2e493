import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { useInvalidate } from "../../../api/LiveProvider";
import { runFilesQuery } from "../../../api/queries";
import { CodeBlock } from "../../../components/CodeBlock";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import { ChevronIcon, FileIcon } from "../../../components/signs";
import { formatBytes } from "../../../lib/bytes";
import { plural } from "../../../lib/format";
import type { TabProps } from "../RunPage";
import { FilePreview } from "./FilePreview";
import styles from "./FilesTab.module.css";
import { type Row, treeRows } from "./tree";

/** Pixels; a finger needs more of them. */
const ROW = window.matchMedia("(pointer: coarse)").matches ? 40 : 30;

/** The run's files by folder, with a look into each. The chosen one stands in the address. */
export default function FilesTab({ path, run, changed }: TabProps) {
  const query = runFilesQuery(path, run.id);
  const files = useQuery(query);
  useInvalidate(query.queryKey, changed, 1_000);
  const [search, setSearch] = useSearchParams();
  const chosen = search.get("file");
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(parents(chosen)));
  const list = files.data?.files;
  const rows = useMemo(() => treeRows(list ?? [], (folder) => open.has(folder)), [list, open]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  if (files.error !== null) return <ErrorNote error={files.error} retry={files.refetch} />;
  if (list === undefined) return <Skeleton height={360} />;
  if (list.length === 0) {
    return (
      <EmptyState title="No files yet">
        <p>
          Save files from the program, or write them to run.dir; media and code that it logs lie here too:
        </p>
        <CodeBlock label="Example" text={'run.save("checkpoints/*.pt")\nrun.log_code()'} />
      </EmptyState>
    );
  }
  const choose = ({ path: clicked, file }: Row) => {
    if (file === null) {
      const changed = new Set(open);
      if (!changed.delete(clicked)) changed.add(clicked);
      setOpen(changed);
      return;
    }
    setSearch(
      (old) => {
        old.set("file", clicked);
        return old;
      },
      { replace: true },
    );
  };
  const shown = list.find((file) => file.path === chosen);
  const total = list.reduce((sum, { size }) => sum + size, 0);
  return (
    <div className={styles.files}>
      <section className={styles.side} aria-label="Files">
        <p className={styles.total}>
          {plural(list.length, "file")}, {formatBytes(total)}
        </p>
        <div ref={scroller} className={styles.scroller}>
          <ul className={styles.rows} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index] as Row;
              return (
                <li key={row.path} className={styles.item} style={{ top: start, height: ROW }}>
                  <button
                    type="button"
                    className={styles.row}
                    style={{ paddingLeft: 10 + 16 * row.depth }}
                    aria-expanded={row.file === null ? row.open : undefined}
                    aria-current={row.path === chosen ? "true" : undefined}
                    onClick={() => choose(row)}
                  >
                    <RowIcon row={row} />
                    <span className={styles.name} title={row.path}>
                      {row.name}
                    </span>
                    {row.file !== null && !row.file.present && <span className={styles.away}>arriving</span>}
                    <span className={styles.size}>{formatBytes(row.size)}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </div>
      </section>
      {shown === undefined ? (
        <div className={styles.hint}>Choose a file to look into it.</div>
      ) : (
        <FilePreview key={shown.digest + shown.path} file={shown} path={path} runId={run.id} />
      )}
    </div>
  );
}

/** a/b/c.txt → a, a/b */
function parents(path: string | null): string[] {
  const names = (path ?? "").split("/").slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

const RowIcon = ({ row }: { row: Row }) => (
  <span className={styles.icon}>{row.file !== null ? <FileIcon /> : <ChevronIcon down={row.open} />}</span>
);
