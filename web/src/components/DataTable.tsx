import type { ReactNode } from "react";
import styles from "./DataTable.module.css";

export interface DataColumn<T> {
  name: string;
  /** Shown in place of the name. */
  head?: ReactNode;
  number?: boolean;
  cell: (row: T) => ReactNode;
}

interface Props<T> {
  label: string;
  columns: DataColumn<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
}

/** A plain table for lists of modest length; sideways it scrolls within its frame. */
export function DataTable<T>({ label, columns, rows, rowKey }: Props<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.frame} aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map(({ name, head, number }) => (
              <th key={name} scope="col" className={number ? styles.number : undefined}>
                {head ?? name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ name, number, cell }) => (
                <td key={name} className={number ? styles.number : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
