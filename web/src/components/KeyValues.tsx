import { formatValue } from "../lib/format";
import styles from "./KeyValues.module.css";

/** Flat keys with their values, as in a configuration. */
export function KeyValues({ values }: { values: ReadonlyMap<string, unknown> }) {
  if (values.size === 0) return <p className={styles.none}>Nothing here.</p>;
  return (
    <dl className={styles.list}>
      {[...values].map(([key, value]) => (
        <div key={key} className={styles.row}>
          <dt>{key}</dt>
          <dd>{formatValue(value, 8)}</dd>
        </div>
      ))}
    </dl>
  );
}
