import type { ComponentProps } from "react";
import styles from "./SearchField.module.css";
import { SearchIcon } from "./signs";

interface Props extends Omit<ComponentProps<"input">, "type" | "value" | "onChange"> {
  /** What is looked for; stands in the field while it is empty. */
  label: string;
  value: string;
  set: (text: string) => void;
  /** Of the whole field, where its place is not the usual one in a bar. */
  className?: string;
}

/** A field for what one looks for; Escape clears it, in every browser. */
export const SearchField = ({ label, value, set, className = "", onKeyDown, ...input }: Props) => (
  <label className={`${styles.search} ${className}`}>
    <SearchIcon />
    <span className="visually-hidden">{label}</span>
    <input
      type="search"
      spellCheck={false}
      placeholder={label}
      {...input}
      onKeyDown={(event) => {
        if (event.key === "Escape") set("");
        onKeyDown?.(event);
      }}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  </label>
);
