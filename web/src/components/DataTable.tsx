import { createElement, type ReactNode } from "react";
import styles from "./DataTable.module.css";

export interface DataColumn<T> {
  name: string;
  /** Shown in place of the name. */
  head?: ReactNode;
  number?: boolean;
  /** Holds a box to tick, in a label as large as a finger. */
  tick?: boolean;
  /** Needs a line of its own on a telephone, where it holds more than a word. */
  wide?: boolean;
  cell: (row: T) => ReactNode;
}

interface Props<T> {
  label: string;
  columns: DataColumn<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** Its rows are compared with each other, so it stays a table everywhere. */
  compared?: boolean;
}

/**
 * A plain table for lists of modest length; sideways it scrolls within its frame. On a telephone each row is a card:
 * its first cell stands above the others, each of which says what it is.
 */
export function DataTable<T>({ label, columns, rows, rowKey, compared }: Props<T>) {
  const looks = columns.map(({ number, tick, wide }) =>
    [number && styles.number, tick && styles.tick, wide && styles.wide].filter(Boolean).join(" "),
  );
  const title = columns.findIndex(({ tick }) => !tick);
  return (
    <section
      className={styles.frame}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table aria-label={label} className={`${styles.table} ${compared ? "" : styles.cards}`}>
        <thead>
          <tr>
            {columns.map(({ name, head }, i) => (
              <th key={name} scope="col" className={looks[i] || undefined}>
                {head ?? name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ name, head, cell }, i) =>
                // Wherever one reads in a row, its first cell says which row it is.
                createElement(
                  i === title ? "th" : "td",
                  {
                    key: name,
                    className: looks[i] || undefined,
                    scope: i === title ? "row" : undefined,
                    "data-name": head === undefined && i !== title ? name : undefined,
                  },
                  cell(row),
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
