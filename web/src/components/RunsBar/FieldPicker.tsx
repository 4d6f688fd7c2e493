import { useMemo } from "react";
import { useRunView } from "../../view/RunView";
import { Combobox } from "../Combobox";
import styles from "./RunsBar.module.css";

interface Props {
  label: string;
  /** Id of a field; empty for none yet. */
  value: string;
  onChoose: (id: string) => void;
  autoFocus?: boolean;
}

/** Any field of the runs, found by letters of its name. */
export function FieldPicker({ label, value, onChoose, autoFocus }: Props) {
  const { fields, fieldById } = useRunView();
  const options = useMemo(
    () => fields.map(({ id, label: name, part }) => ({ value: id, name, note: part })),
    [fields],
  );
  return (
    <Combobox
      label={label}
      className={styles.field}
      autoFocus={autoFocus}
      options={options}
      placeholder="Name of a field"
      text={fieldById.get(value)?.label ?? value}
      onChoose={onChoose}
    />
  );
}
