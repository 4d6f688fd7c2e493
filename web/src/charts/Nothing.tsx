import type { ReactNode } from "react";
import styles from "./Nothing.module.css";

/** In the place of a chart that has nothing to draw, and as tall. */
export const Nothing = ({ height, children }: { height: number; children: ReactNode }) => (
  <p className={styles.nothing} style={{ height }}>
    {children}
  </p>
);

/** Why there is none: none is let through, or none of these `runs` has what is drawn ("has logged val/loss yet"). */
export const noRunOf = (runs: readonly unknown[], has: string): string =>
  runs.length === 0 ? NO_RUN : `No run to show ${has}.`;

export const NO_RUN = "No run to show.";
