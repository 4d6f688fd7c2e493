import { formatParam } from "../lib/format";
import styles from "./ParamValue.module.css";

/** A parameter's value in a run. One that does not exist there is not the same as one that is null. */
export function ParamValue({ value, digits }: { value: unknown; digits?: number }) {
  if (value === undefined) {
    return (
      <span className={styles.absent} title="not part of this configuration">
        –
      </span>
    );
  }
  return formatParam(value, digits);
}
