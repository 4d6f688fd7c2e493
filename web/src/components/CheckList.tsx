import { useState } from "react";
import styles from "./CheckList.module.css";
import { SearchField } from "./SearchField";

interface Item {
  id: string;
  label: string;
  /** Where it comes from, behind its name. */
  part?: string;
}

interface Props<T extends Item> {
  /** What the ticks mean. */
  label: string;
  /** What one of the items is: "field". */
  noun: string;
  items: readonly T[];
  isChecked: (item: T) => boolean;
  check: (item: T, checked: boolean) => void;
}

const MANY = 10;

/** Some of many, found by a part of their name. */
export function CheckList<T extends Item>({ label, noun, items, isChecked, check }: Props<T>) {
  const [wanted, setWanted] = useState("");
  const found = items.filter((item) => item.label.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <fieldset className={styles.checks}>
      <legend className="visually-hidden">{label}</legend>
      {items.length > MANY && (
        <SearchField className={styles.find} label={`Search ${noun}s`} value={wanted} set={setWanted} />
      )}
      <ul className={styles.list}>
        {found.map((item) => (
          <li key={item.id}>
            <label>
              <input
                type="checkbox"
                checked={isChecked(item)}
                onChange={({ target }) => check(item, target.checked)}
              />
              {item.label}
              {item.part !== undefined && <span className={styles.part}>{item.part}</span>}
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
