import { Button } from "../../components/Button";
import { Check } from "../../components/Check";
import { CheckList } from "../../components/CheckList";
import { Popover } from "../../components/Popover";
import { Select } from "../../components/Select";
import { SlidersIcon } from "../../components/signs";
import type { Field } from "../../view/fields";
import { GradientChoice } from "../GradientChoice";
import { End } from "../RangeFields";
import { RUNNING, type Running, type Side } from "./points";
import styles from "./Scatter.module.css";
import { type ScatterSettings, type SideSettings, withField } from "./settings";

interface Props {
  /** Of the plot. */
  title: string;
  fields: readonly Field[];
  settings: ScatterSettings;
  /** Without settings all is as it was at first. */
  keep: (settings: ScatterSettings | undefined) => void;
  x: Side;
  y: Side;
  /** Whether one end of y is the good one. */
  hasGoal: boolean;
  tips: readonly Field[];
}

/** What the scatter plot draws, and how. */
export function ScatterSettingsMenu({ title, fields, settings, keep, x, y, hasGoal, tips }: Props) {
  const names = fields.map(({ id, label }) => [id, label] as const);
  const kinds = (Object.entries(RUNNING) as [Running, string][]).filter(
    ([kind]) => kind !== "best" || hasGoal,
  );
  return (
    <Popover
      name={<SlidersIcon />}
      label={`Settings of ${title}`}
      title="Settings of the scatter plot"
      look="ghost"
      width={360}
    >
      <div className={styles.settings}>
        <SideMenu
          name="X axis"
          side={x}
          names={names}
          chosen={settings.x}
          keep={(x) => keep({ ...settings, x })}
        />
        <SideMenu
          name="Y axis"
          side={y}
          names={names}
          chosen={settings.y}
          keep={(y) => keep({ ...settings, y })}
        />
        <fieldset>
          <legend>Points</legend>
          <Select
            label="Colour"
            options={[["plain", "One, or of the table's groups"], ["run", "Of the run"], ...names]}
            value={settings.color}
            onChange={(color) => keep({ ...settings, color })}
          />
          {!["plain", "run"].includes(settings.color) && (
            <GradientChoice
              value={settings.gradient}
              onChange={(gradient) => keep({ ...settings, gradient })}
            />
          )}
          <div className={styles.checks}>
            <Check
              name="Names beside them"
              on={settings.labels}
              set={(labels) => keep({ ...settings, labels })}
            />
            <Check name="Dim all but records" on={settings.dim} set={(dim) => keep({ ...settings, dim })} />
          </div>
        </fieldset>
        <fieldset>
          <legend>Lines, in the order of x</legend>
          <div className={styles.checks}>
            {kinds.map(([kind, name]) => (
              <Check
                key={kind}
                name={name}
                on={settings.lines.includes(kind)}
                set={(on) => {
                  const rest = settings.lines.filter((other) => other !== kind);
                  keep({ ...settings, lines: on ? [...rest, kind] : rest });
                }}
              />
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>Said on hovering</legend>
          <CheckList
            label="Fields said on hovering"
            noun="field"
            items={fields}
            isChecked={(field) => tips.includes(field)}
            check={({ id }, checked) => {
              const rest = tips.map((tip) => tip.id).filter((other) => other !== id);
              keep({ ...settings, tips: checked ? [...rest, id] : rest });
            }}
          />
        </fieldset>
        <Button onClick={() => keep(undefined)}>Reset</Button>
      </div>
    </Popover>
  );
}

interface SideProps {
  name: string;
  side: Side;
  names: readonly (readonly [id: string, label: string])[];
  chosen: SideSettings;
  keep: (settings: SideSettings) => void;
}

function SideMenu({ name, side, names, chosen, keep }: SideProps) {
  const { field, scale } = side;
  return (
    <fieldset>
      <legend>{name}</legend>
      <Select label="Shows" options={names} value={field.id} onChange={(id) => keep(withField(id))} />
      {scale.categories === null && (
        <>
          {field.kind !== "time" && (
            <div className={styles.checks}>
              <Check name="Log scale" on={scale.log} set={(log) => keep({ ...chosen, log })} />
            </div>
          )}
          <div className={styles.ends}>
            <End
              kind={field.kind}
              name="From"
              value={chosen.low}
              open="lowest"
              change={(low) => keep({ ...chosen, low })}
            />
            <End
              kind={field.kind}
              name="To"
              value={chosen.high}
              open="highest"
              change={(high) => keep({ ...chosen, high })}
            />
          </div>
        </>
      )}
    </fieldset>
  );
}
