import styles from "./Skeleton.module.css";

/** A quiet block of exactly the size of what is on its way, so that nothing moves when it arrives. */
export function Skeleton({ height, width = "100%" }: { height: number | string; width?: number | string }) {
  return <div className={styles.skeleton} style={{ height, width }} aria-hidden="true" data-loading="true" />;
}
