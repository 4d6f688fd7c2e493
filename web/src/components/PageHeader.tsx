import type { ReactNode } from "react";
import styles from "./PageHeader.module.css";

interface Props {
  name: string;
  /** Changes the name; stays on its line. */
  edit?: ReactNode;
  /** Beside the name: a state, and what is to be said about it. */
  beside?: ReactNode;
  /** At the other end of the line. */
  actions?: ReactNode;
  /** Below. */
  children?: ReactNode;
}

/** What a page is about, how it is, and what can be done with it. */
export const PageHeader = ({ name, edit, beside, actions, children }: Props) => (
  <header className={styles.header}>
    <div className={styles.top}>
      <div className={styles.names}>
        <div className={styles.name}>
          <h1>{name}</h1>
          {edit}
        </div>
        {beside}
      </div>
      <div className={styles.actions}>{actions}</div>
    </div>
    {children}
  </header>
);

/** A sentence beside the name. */
export const Remark = ({ children }: { children: ReactNode }) => <p className={styles.remark}>{children}</p>;
