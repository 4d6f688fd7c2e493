import { useState } from "react";
import { Button } from "../../components/Button";
import { Popover } from "../../components/Popover";
import styles from "./Importance.module.css";

interface Props {
  names: readonly string[];
  hidden: readonly string[];
  hide: (names: readonly string[]) => void;
}

const MANY = 10;

/** Shows and hides parameters. */
export function ParameterManager({ names, hidden, hide }: Props) {
  const [wanted, setWanted] = useState("");
  const shown = names.filter((name) => !hidden.includes(name));
  const found = names.filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <Popover
      name={shown.length === names.length ? "Parameters" : `Parameters: ${shown.length} of ${names.length}`}
      title="Parameters in the list"
      width={300}
    >
      <div className={styles.manager}>
        {names.length > MANY && (
          <input
            type="search"
            aria-label="Find a parameter"
            placeholder="Find"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        )}
        <ul>
          {found.map((name) => (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={!hidden.includes(name)}
                  onChange={({ target }) =>
                    hide(target.checked ? hidden.filter((other) => other !== name) : [...hidden, name])
                  }
                />
                {name}
              </label>
            </li>
          ))}
        </ul>
        <div className={styles.buttons}>
          <Button onClick={() => hide([])} disabled={shown.length === names.length}>
            Show all
          </Button>
          <Button onClick={() => hide(names)} disabled={shown.length === 0}>
            Hide all
          </Button>
        </div>
      </div>
    </Popover>
  );
}
