import type { ReactNode } from "react";
import styles from "./Notice.module.css";

interface Props {
  /** `alert` where it must be heard at once. */
  role?: "status" | "alert";
  /** A sentence. */
  children: ReactNode;
  /** Buttons: what can be done about it. */
  actions: ReactNode;
}

/** Something to decide before one goes on. */
export const Notice = ({ role = "status", children, actions }: Props) => (
  <div className={styles.notice} role={role}>
    <p>{children}</p>
    <div className={styles.actions}>{actions}</div>
  </div>
);
