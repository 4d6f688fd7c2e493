import type { ReactNode } from "react";
import styles from "./Details.module.css";
import { ChevronIcon } from "./signs";

/** What only some readers want: folded until they do. */
export const Details = ({ summary, children }: { summary: string; children: ReactNode }) => (
  <details className={styles.details}>
    <summary>
      <ChevronIcon />
      {summary}
    </summary>
    {children}
  </details>
);
