import { useId } from "react";
import { Button } from "../../components/Button";
import type { Range } from "../../view/conditions";
import { RangeFields } from "../RangeFields";
import type { Column } from "./lines";
import styles from "./Parallel.module.css";
import type { AxisSettings } from "./settings";

const MOST_CATEGORIES = 40;

interface Props {
  column: Column;
  range: Range | undefined;
  set: (range: Range | null) => void;
  change: (settings: AxisSettings) => void;
  /** By how many places; undefined where there is no way. */
  move: { left?: () => void; right?: () => void };
}

/** All that an axis can be, for hands that do not drag too. */
export function AxisMenu({ column, range, set, change, move }: Props) {
  const id = useId();
  const { field, scale, title, log, flip } = column;
  const among = range !== undefined && "among" in range ? range.among : null;
  return (
    <div className={styles.menu}>
      <label htmlFor={`${id}-title`}>Title</label>
      <input
        id={`${id}-title`}
        type="text"
        placeholder={field.label}
        value={title === field.label ? "" : title}
        onChange={({ target }) => change({ title: target.value })}
      />
      <div className={styles.switches}>
        <label>
          <input type="checkbox" checked={flip} onChange={({ target }) => change({ flip: target.checked })} />
          Upside down
        </label>
        {scale.categories === null && field.kind !== "time" && (
          <label>
            <input type="checkbox" checked={log} onChange={({ target }) => change({ log: target.checked })} />
            Log scale
          </label>
        )}
      </div>
      {scale.categories === null ? (
        <RangeFields kind={field.kind} range={range} set={set} ends={scale.ends ?? [0, 1]} />
      ) : (
        <fieldset className={styles.categories}>
          <legend>Only these</legend>
          {scale.categories.slice(0, MOST_CATEGORIES).map((text) => (
            <label key={text}>
              <input
                type="checkbox"
                checked={among?.includes(text) ?? false}
                onChange={({ target }) => {
                  const rest = (among ?? []).filter((other) => other !== text);
                  const next = target.checked ? [...rest, text] : rest;
                  set(next.length === 0 ? null : { among: next });
                }}
              />
              {text}
            </label>
          ))}
        </fieldset>
      )}
      <div className={styles.buttons}>
        <Button onClick={move.left} disabled={move.left === undefined}>
          Move left
        </Button>
        <Button onClick={move.right} disabled={move.right === undefined}>
          Move right
        </Button>
        <Button onClick={() => change({ shown: false })}>Remove</Button>
        <Button onClick={() => set(null)} disabled={range === undefined}>
          Clear range
        </Button>
      </div>
    </div>
  );
}
