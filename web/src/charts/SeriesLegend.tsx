import type { ReactNode } from "react";
import styles from "./SeriesLegend.module.css";

interface Entry {
  id: string;
  /** Of its dot, or of its line; without one it is told apart by how its line is broken. */
  color?: string;
  /** How its line is broken: empty where it is whole, none where a dot says enough. */
  dash?: readonly number[];
  name: ReactNode;
}

/** Which series is which, below a chart of all of them. */
export function SeriesLegend({ label, entries }: { label: string; entries: readonly Entry[] }) {
  return (
    <ul className={styles.legend} aria-label={label}>
      {entries.map(({ id, color, dash, name }) => (
        <li key={id}>
          {color === undefined || dash !== undefined ? (
            <svg className={styles.dash} style={{ stroke: color }} aria-hidden="true">
              <path d="M0 5H26" strokeDasharray={dash?.join(" ")} />
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
