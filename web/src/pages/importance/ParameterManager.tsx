import { useMemo } from "react";
import { Button } from "../../components/Button";
import { CheckList } from "../../components/CheckList";
import { Popover } from "../../components/Popover";
import styles from "./Importance.module.css";

interface Props {
  names: readonly string[];
  hidden: readonly string[];
  hide: (names: readonly string[]) => void;
}

/** Shows and hides parameters. */
export function ParameterManager({ names, hidden, hide }: Props) {
  const items = useMemo(() => names.map((name) => ({ id: name, label: name })), [names]);
  const shown = names.filter((name) => !hidden.includes(name));
  return (
    <Popover
      name={shown.length === names.length ? "Parameters" : `Parameters: ${shown.length} of ${names.length}`}
      title="Parameters in the list"
      width={300}
    >
      <CheckList
        label="Parameters in the list"
        noun="parameter"
        items={items}
        isChecked={({ id }) => !hidden.includes(id)}
        check={({ id }, checked) => hide(checked ? hidden.filter((other) => other !== id) : [...hidden, id])}
      />
      <div className={styles.buttons}>
        <Button onClick={() => hide([])} disabled={shown.length === names.length}>
          Show all
        </Button>
        <Button onClick={() => hide(names)} disabled={shown.length === 0}>
          Hide all
        </Button>
      </div>
    </Popover>
  );
}
