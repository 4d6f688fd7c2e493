import type { ReactNode } from "react";
import styles from "./Notice.module.css";

interface Props {
  /** `alert` where it must be heard at once. */
  role?: "status" | "alert";
  /** A sentence, then buttons with what can be done about it. */
  children: ReactNode;
}

/** Something to decide before one goes on. */
export const Notice = ({ role = "status", children }: Props) => (
  <div className={styles.notice} role={role}>
    {children}
  </div>
);
