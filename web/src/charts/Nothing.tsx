import type { ReactNode } from "react";
import styles from "./Nothing.module.css";

/** In the place of a chart that has nothing to draw, and as tall. */
export const Nothing = ({ height, children }: { height: number; children: ReactNode }) => (
  <p className={styles.nothing} style={{ height }}>
    {children}
  </p>
);
