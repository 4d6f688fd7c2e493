import type { ReactNode } from "react";
import styles from "./SeriesLegend.module.css";

interface Entry {
  id: string;
  /** Of its dot; an entry without one is told apart by how its line is broken. */
  color?: string;
  dash?: readonly number[];
  name: ReactNode;
}

/** Which series is which, below a chart of all of them. */
export function SeriesLegend({ label, entries }: { label: string; entries: readonly Entry[] }) {
  return (
    <ul className={styles.legend} aria-label={label}>
      {entries.map(({ id, color, dash = [], name }) => (
        <li key={id}>
          {color === undefined ? (
            <svg className={styles.dash} aria-hidden="true">
              <path d="M0 5H26" strokeDasharray={dash.join(" ")} />
            </svg>
          ) : (
            <span className={styles.swatch} style={{ background: color }} />
          )}
          {name}
        </li>
      ))}
    </ul>
  );
}
