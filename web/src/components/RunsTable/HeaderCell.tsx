import type { Header } from "@tanstack/react-table";
import type { Run } from "../../api/types";
import styles from "./RunsTable.module.css";

const ORDERS = { asc: "ascending", desc: "descending" } as const;

/** A column's name as a button that sorts: once for its natural order, again for the other, again for none. */
export function HeaderCell({ header }: { header: Header<Run, unknown> }) {
  const { column } = header;
  const order = column.getIsSorted();
  const name = String(column.columnDef.header);
  const { number, note } = column.columnDef.meta ?? {};
  return (
    <th
      scope="col"
      aria-sort={order === false ? "none" : ORDERS[order]}
      className={number ? styles.number : undefined}
    >
      <button
        type="button"
        className={styles.sort}
        onClick={column.getToggleSortingHandler()}
        title={note ? `${name}: ${note}` : name}
      >
        <span className={note ? `${styles.headName} ${styles.noted}` : styles.headName}>{name}</span>
        <svg width="8" height="12" viewBox="0 0 8 12" fill="currentColor" aria-hidden="true">
          {order !== "desc" && <path d="M4 1 7 5H1z" opacity={order === "asc" ? 1 : 0.3} />}
          {order !== "asc" && <path d="M4 11 1 7h6z" opacity={order === "desc" ? 1 : 0.3} />}
        </svg>
      </button>
    </th>
  );
}
