import { type ReactNode, useId } from "react";
import styles from "./Select.module.css";

interface Props {
  label: string;
  options: readonly (readonly [value: string, name: string])[];
  value: string;
  onChange: (value: string) => void;
}

/** One of several, with its name before it. */
export function Select({ label, options, value, onChange }: Props) {
  const id = useId();
  return (
    <span className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles.select}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Several that belong together. */
export function SelectRow({ children }: { children: ReactNode }) {
  return <span className={styles.row}>{children}</span>;
}
