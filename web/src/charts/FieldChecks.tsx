import { useState } from "react";
import type { Field } from "../view/fields";
import styles from "./FieldChecks.module.css";

interface Props {
  label: string;
  fields: readonly Field[];
  isChecked: (field: Field) => boolean;
  check: (field: Field, checked: boolean) => void;
}

const MANY = 10;

/** Some of all fields, found by a part of their name. */
export function FieldChecks({ label, fields, isChecked, check }: Props) {
  const [wanted, setWanted] = useState("");
  const found = fields.filter((field) => field.label.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <fieldset className={styles.checks}>
      <legend className="visually-hidden">{label}</legend>
      {fields.length > MANY && (
        <input
          type="search"
          aria-label="Find a field"
          placeholder="Find"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      <ul>
        {found.map((field) => (
          <li key={field.id}>
            <label>
              <input
                type="checkbox"
                checked={isChecked(field)}
                onChange={({ target }) => check(field, target.checked)}
              />
              {field.label}
              <span className={styles.part}>{field.part}</span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
