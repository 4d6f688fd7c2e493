import { memo, type ReactNode, type RefObject } from "react";
import { LongName } from "../LongName";
import { Menu, type MenuItem } from "../Menu";
import { ChevronIcon } from "../signs";
import { isRight } from "./cells";
import { type Column, NAME } from "./columns";
import styles from "./HeaderCell.module.css";
import { cellClass, pinnedStyle } from "./RunRow";
import type { Sorting } from "./sorting";

/** What a heading can ask of the table. */
export interface HeadActions {
  sort: (column: Column) => void;
  menu: (column: Column) => (MenuItem | null)[];
  /** Another column was dropped onto this one. */
  drop: (column: Column, id: string) => void;
}

interface Props {
  column: Column;
  sorting: Sorting | null;
  /** Looked up when it is used: what it does changes with the runs, which no heading shows. */
  actions: RefObject<HeadActions>;
  children?: ReactNode;
}

const DRAGGED = "application/x-besom-column";

/** A column's name: a click sorts, dragging moves the column, the menu does all of it by keyboard too. */
export const HeaderCell = memo(function HeaderCell({ column, sorting, actions, children }: Props) {
  const { field, note } = column;
  const order = sorting?.id !== field.id ? "none" : sorting.descending ? "descending" : "ascending";
  const movable = field.id !== NAME;
  return (
    <th
      scope="col"
      aria-label={field.label}
      aria-sort={order}
      className={cellClass(column)}
      style={pinnedStyle(column)}
      draggable={movable}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, field.id)}
      onDragOver={(event) => {
        if (movable && event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        actions.current.drop(column, event.dataTransfer.getData(DRAGGED));
      }}
    >
      <span className={styles.head} data-right={isRight(field) || undefined}>
        {children}
        <button
          type="button"
          className={styles.sort}
          aria-label={field.label}
          onClick={() => actions.current.sort(column)}
          title={note === undefined ? field.label : `${field.label}: ${note}`}
        >
          <span className={note === undefined ? styles.headName : `${styles.headName} ${styles.noted}`}>
            <LongName name={field.label} />
          </span>
          <svg width="8" height="12" viewBox="0 0 8 12" fill="currentColor" aria-hidden="true">
            {order !== "descending" && <path d="M4 1 7 5H1z" opacity={order === "ascending" ? 1 : 0.3} />}
            {order !== "ascending" && <path d="M4 11 1 7h6z" opacity={order === "descending" ? 1 : 0.3} />}
          </svg>
        </button>
        <Menu
          label={`Column ${field.label}`}
          name={<ChevronIcon down />}
          className={styles.headMenu}
          items={() => actions.current.menu(column)}
        />
      </span>
    </th>
  );
});
