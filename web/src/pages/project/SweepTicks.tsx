import { useRef } from "react";
import { Link } from "wouter";
import type { ProjectPath } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { compareSweepsPath, MOST_COMPARED } from "../../app/routes";
import { Button } from "../../components/Button";
import type { DataColumn } from "../../components/DataTable";
import { plural } from "../../lib/format";
import styles from "./SweepList.module.css";

export type Ticked = ReadonlySet<string>;
type SetTicked = (ids: Ticked) => void;

/** The column with a tick for each sweep, and one for all of them. */
export function tickColumn(
  sweeps: readonly Sweep[],
  ticked: Ticked,
  setTicked: SetTicked,
): DataColumn<Sweep> {
  const tick = (id: string, on: boolean) => {
    const ids = new Set(ticked);
    if (on) ids.add(id);
    else ids.delete(id);
    setTicked(ids);
  };
  return {
    name: "Select",
    tick: true,
    head: (
      <label className={styles.box}>
        <input
          type="checkbox"
          ref={(box) => {
            if (box !== null) box.indeterminate = ticked.size > 0 && ticked.size < sweeps.length;
          }}
          aria-label="Select all sweeps"
          checked={ticked.size === sweeps.length}
          onChange={(event) => setTicked(new Set(event.target.checked ? sweeps.map(({ id }) => id) : []))}
        />
      </label>
    ),
    cell: ({ id, name }) => (
      <label className={styles.box}>
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={ticked.has(id)}
          onChange={(event) => tick(id, event.target.checked)}
        />
      </label>
    ),
  };
}

/** Above the list: what can be done with the ticked sweeps. Its height never changes. */
export function SweepBar({
  path,
  ticked,
  setTicked,
}: {
  path: ProjectPath;
  ticked: Ticked;
  setTicked: SetTicked;
}) {
  const bar = useRef<HTMLDivElement>(null);
  const none = ticked.size === 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <div
      ref={bar}
      className={styles.bar}
      role="group"
      aria-label="Selected sweeps"
      tabIndex={-1} // the focus comes here from the button that clears, for that goes away
    >
      {none && <p className={styles.hint}>Tick sweeps to compare them.</p>}
      {/* It is there before the first tick, so that the count is read out. */}
      <span className={styles.count} role="status">
        {none ? "" : `${plural(ticked.size, "sweep")} selected`}
      </span>
      {ticked.size > 1 && ticked.size <= MOST_COMPARED && (
        <Link className={styles.link} href={compareSweepsPath(path, [...ticked])}>
          Compare
        </Link>
      )}
      {ticked.size > MOST_COMPARED && <span>at most {MOST_COMPARED} can be compared</span>}
      {!none && (
        <Button
          look="ghost"
          onClick={() => {
            bar.current?.focus();
            setTicked(new Set());
          }}
        >
          Clear
        </Button>
      )}
    </div>
  );
}
