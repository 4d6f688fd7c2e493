import type { ReactNode } from "react";
import styles from "./Key.module.css";

interface Props {
  kind: "dot" | "ring" | "line" | "curve" | "dim";
  /** Where it is not that of its kind. */
  color?: string;
  children: ReactNode;
}

/** One entry of a chart's legend. */
export function Key({ kind, color, children }: Props) {
  return (
    <span className={styles.key}>
      <span
        className={styles[kind]}
        style={color === undefined ? undefined : { background: color }}
        aria-hidden="true"
      />
      {children}
    </span>
  );
}
