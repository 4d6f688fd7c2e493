import type { ReactNode } from "react";
import styles from "./Key.module.css";

/** One entry of a chart's legend. */
export function Key({ kind, children }: { kind: "dot" | "line" | "curve" | "dim"; children: ReactNode }) {
  return (
    <span className={styles.key}>
      <span className={styles[kind]} aria-hidden="true" />
      {children}
    </span>
  );
}
