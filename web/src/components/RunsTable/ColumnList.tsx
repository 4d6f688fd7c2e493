import { useState } from "react";
import { found, type Match } from "../../lib/fuzzy";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { SearchField } from "../SearchField";
import { ChevronIcon, PinIcon } from "../signs";
import styles from "./ColumnManager.module.css";
import { type Column, NAME } from "./columns";
import type { Columns } from "./useColumns";

const MOST = 200;
const MATCH_NAMES = [
  ["fuzzy", "Fuzzy"],
  ["exact", "Exact"],
  ["regex", "Regex"],
] as const;

/** All columns with what can be done to each, found by name. */
export default function ColumnList({ columns }: { columns: Columns }) {
  const [typed, setTyped] = useState("");
  const [match, setMatch] = useState<Match>("fuzzy");
  const movable = columns.all.filter(({ field }) => field.id !== NAME);
  const wanted = found(typed, match, movable, ({ field }) => field.label);
  const ids = wanted.map(({ field }) => field.id);
  return (
    <div className={styles.manager}>
      <div className={styles.search}>
        <SearchField className={styles.find} label="Search columns" value={typed} set={setTyped} />
        <Choice label="How to find it" options={MATCH_NAMES} value={match} onChange={setMatch} />
      </div>
      <ul className={styles.list} aria-label="Columns">
        {wanted.slice(0, MOST).map((column) => (
          <Line
            key={column.field.id}
            column={column}
            columns={columns}
            movable={typed === "" ? movable : []}
          />
        ))}
      </ul>
      {wanted.length === 0 && <p className={styles.soft}>No column has such a name.</p>}
      {wanted.length > MOST && (
        <p className={styles.soft}>{wanted.length - MOST} more: type a part of the name to see them.</p>
      )}
      <div className={styles.buttons}>
        <Button onClick={() => columns.show(ids, true)} disabled={wanted.every(({ shown }) => shown)}>
          Show all
        </Button>
        <Button onClick={() => columns.show(ids, false)} disabled={!wanted.some(({ shown }) => shown)}>
          Hide all
        </Button>
        <Button look="ghost" onClick={columns.reset} disabled={!columns.changed}>
          Reset
        </Button>
      </div>
    </div>
  );
}

const DRAGGED = "application/x-besom-column-line";

/** `movable`: all columns in their order; empty where moving makes no sense. */
function Line({
  column,
  columns,
  movable,
}: {
  column: Column;
  columns: Columns;
  movable: readonly Column[];
}) {
  const { field, shown, pinned } = column;
  const at = movable.indexOf(column);
  const idAt = (index: number) => movable[index]?.field.id ?? null;
  return (
    <li
      className={styles.line}
      draggable={at >= 0}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, field.id)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        columns.move(event.dataTransfer.getData(DRAGGED), field.id);
      }}
    >
      <label className={styles.name}>
        <input
          type="checkbox"
          checked={shown}
          onChange={({ target }) => columns.show([field.id], target.checked)}
        />
        <span>{field.label}</span>
        <span className={styles.part}>{field.part}</span>
      </label>
      {at > 0 && (
        <Button
          look="ghost"
          className={styles.up}
          aria-label={`Move ${field.label} up`}
          onClick={() => columns.move(field.id, idAt(at - 1))}
        >
          <ChevronIcon down />
        </Button>
      )}
      {at >= 0 && at < movable.length - 1 && (
        <Button
          look="ghost"
          aria-label={`Move ${field.label} down`}
          onClick={() => columns.move(field.id, idAt(at + 2))}
        >
          <ChevronIcon down />
        </Button>
      )}
      <Button
        look="ghost"
        aria-label={`Pin ${field.label}`}
        aria-pressed={pinned}
        onClick={() => columns.pin(field.id, !pinned)}
      >
        <PinIcon filled={pinned} />
      </Button>
    </li>
  );
}
