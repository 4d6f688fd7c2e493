import type { ReactNode } from "react";
import styles from "./Account.module.css";

interface Props {
  label: string;
  value: string;
  set: (value: string) => void;
  placeholder?: string;
}

/** A name to type, above it what it is of. */
export const NameField = ({ label, value, set, placeholder }: Props) => (
  <label className={styles.field}>
    {label}
    <input
      // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
      autoFocus
      required
      maxLength={100}
      spellCheck={false}
      autoComplete="off"
      placeholder={placeholder}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  </label>
);

/** What a dialog shows once it has made something. */
export const Made = ({ children }: { children: ReactNode }) => <div className={styles.made}>{children}</div>;
