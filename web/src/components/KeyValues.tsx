import type { ReactNode } from "react";
import { formatParam } from "../lib/format";
import styles from "./KeyValues.module.css";

interface Props {
  values: ReadonlyMap<string, unknown>;
  /** Stands behind a key's value. */
  note?: (key: string) => ReactNode;
}

/** Flat keys with their values, as in a configuration. */
export function KeyValues({ values, note }: Props) {
  if (values.size === 0) return <p className={styles.none}>Nothing here.</p>;
  return (
    <dl>
      {[...values].map(([key, value]) => (
        <div key={key} className={styles.row}>
          <dt>{key}</dt>
          <dd>
            {formatParam(value, 8)}
            {note?.(key)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
