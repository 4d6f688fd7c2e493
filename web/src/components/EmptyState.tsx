import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

/** In place of what is not there: says why, and what to do. `level`: of the heading. */
export function EmptyState({
  title,
  level = 2,
  children,
}: {
  title: string;
  level?: 1 | 2;
  children?: ReactNode;
}) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <section className={styles.empty}>
      <Heading className={styles.title}>{title}</Heading>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
