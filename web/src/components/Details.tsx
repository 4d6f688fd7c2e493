import type { ReactNode } from "react";
import styles from "./Details.module.css";

/** What only some readers want: folded until they do. */
export const Details = ({ summary, children }: { summary: string; children: ReactNode }) => (
  <details className={styles.details}>
    <summary>{summary}</summary>
    {children}
  </details>
);
