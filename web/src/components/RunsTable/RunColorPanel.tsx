import { useId } from "react";
import type { Run } from "../../api/types";
import { plural } from "../../lib/format";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import { chosenColor, LEAST_PARTS, MOST_PARTS, SERIES, seriesColor } from "../../view/runColors";
import { EXTREMES } from "../../view/useExtremes";
import { Button } from "../Button";
import { Floating } from "../Floating";
import floating from "../Floating.module.css";
import { Select } from "../Select";
import { OwnColor } from "./OwnColor";
import styles from "./RunColors.module.css";

interface Props {
  run: Run;
  anchor: HTMLElement | null;
  close: () => void;
}

const WIDTH = 352;
/** Of these every run has another value. */
const WITHOUT_GROUPS = ["name", "id", "notes"];
const VALUES = [
  ["latest", "latest"],
  ["smallest", "smallest"],
  ["largest", "largest"],
] as const;
const PARTS = Array.from({ length: MOST_PARTS - LEAST_PARTS + 1 }, (_, i) => String(i + LEAST_PARTS));

/** Chooses the colour of one run, and by what all others are coloured. */
export default function RunColorPanel({ run, anchor, close }: Props) {
  const { fields, colors } = useRunView();
  const { coloring, setColoring, by } = colors;
  const { own, parts } = coloring;
  const group = useId();
  const chosen = chosenColor(own[run.id]) === undefined ? undefined : own[run.id];
  const choose = (choice: string | undefined) => {
    const { [run.id]: _, ...others } = own;
    setColoring({ ...coloring, own: choice === undefined ? others : { ...others, [run.id]: choice } });
  };
  const presets: [name: string, choice: string | undefined, color: string][] = [
    ["Usual colour", undefined, colors.usual(run.id)],
    ...SERIES.map((name, i) => [name, String(i + 1), seriesColor(i)] as [string, string, string]),
  ];
  const byHand = Object.keys(own).length;
  const names = fields.filter(({ id }) => !WITHOUT_GROUPS.includes(id)).map(({ id, label }) => [id, label]);
  return (
    <Floating
      role="dialog"
      aria-label={`Colour of ${run.name}`}
      className={floating.panel}
      anchor={anchor}
      width={WIDTH}
      side="left"
      onClose={close}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h3>Colour of {run.name}</h3>
      <div className={styles.presets} role="radiogroup" aria-label="Colour">
        {presets.map(([name, choice, color]) => (
          <label
            key={name}
            className={styles.preset}
            data-usual={choice === undefined || undefined}
            style={{ color }}
            title={name}
          >
            <input
              type="radio"
              name={group}
              aria-label={name}
              checked={chosen === choice}
              onChange={() => choose(choice)}
            />
          </label>
        ))}
        <OwnColor color={chosen?.startsWith("#") ? chosen : undefined} choose={choose} />
      </div>
      {byHand > 1 && (
        <div className={styles.line}>
          <Button onClick={() => setColoring({ ...coloring, own: {} })}>
            Usual colour for all {byHand} chosen by hand
          </Button>
        </div>
      )}
      <div className={styles.others}>
        <h3>Colour of the other runs</h3>
        <div className={styles.line}>
          <Select
            label="By"
            options={[["", "ID of the run"], ...(names as [string, string][])]}
            value={by?.field.id ?? ""}
            onChange={(id) => setColoring({ ...coloring, by: id })}
          />
          {by !== null && by.field.kind !== "category" && (
            <Select
              label="in"
              options={PARTS.map((count) => [count, `${count} parts`])}
              value={String(parts)}
              onChange={(count) => setColoring({ ...coloring, parts: Number(count) })}
            />
          )}
        </div>
        {by !== null && loggedKeys([by.field]).length > 0 && (
          <div className={styles.line}>
            <Select
              label="Value of a run"
              options={VALUES}
              value={coloring.extreme ?? "latest"}
              onChange={(value) =>
                setColoring({ ...coloring, extreme: EXTREMES.find((one) => one === value) })
              }
            />
          </div>
        )}
        {by !== null && (
          <ul className={styles.buckets} aria-label={`Colours by ${by.field.label}`}>
            {by.buckets.map(({ color, label, runs }) => (
              <li key={color}>
                <span className={styles.swatch} style={{ color }} />
                <span className={styles.label}>{label}</span>
                <span className={styles.soft}>{plural(runs.length, "run")}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Floating>
  );
}
