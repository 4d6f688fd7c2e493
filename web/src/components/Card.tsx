import { type ReactNode, useId } from "react";
import styles from "./Card.module.css";

interface Props {
  title: string;
  /** Beside the title: a number, a legend, a switch. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A region of the page that has the title's name. */
export function Card({ title, aside, children }: Props) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </header>
      {children}
    </section>
  );
}
