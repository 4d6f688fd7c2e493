import type { ReactNode } from "react";
import styles from "./Card.module.css";

interface Props {
  title: string;
  /** Beside the title: a number, a legend, a switch. */
  aside?: ReactNode;
  children: ReactNode;
}

export function Card({ title, aside, children }: Props) {
  return (
    <section className={styles.card}>
      <header className={styles.head}>
        <h2>{title}</h2>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </header>
      {children}
    </section>
  );
}
