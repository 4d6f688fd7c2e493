import { useId } from "react";
import { Button } from "../../components/Button";
import { Check } from "../../components/Check";
import { CheckList } from "../../components/CheckList";
import { Choice } from "../../components/Choice";
import { Popover } from "../../components/Popover";
import { Select } from "../../components/Select";
import { SlidersIcon } from "../../components/signs";
import { formatNumber } from "../../lib/format";
import type { Field } from "../../view/fields";
import type { Against } from "../curveLines";
import { AS_THE_TABLE, type CurveSettings, type SettingsOfChart } from "../curveSettings";
import { End } from "../RangeFields";
import { axisOf, useWindow, useZoom } from "../zoom";
import styles from "./SettingsPopover.module.css";

interface Props {
  title: string;
  chart: SettingsOfChart;
  fields: readonly Field[];
  keys: readonly string[];
  against: Against;
  /** The chart shows many runs. */
  many: boolean;
  /** By which the runs are grouped now. */
  group: Field | undefined;
}

const SMOOTHINGS = [
  ["none", "None"],
  ["ema", "Exponential"],
  ["gaussian", "Gaussian"],
  ["mean", "Mean"],
] as const;
const SPREADS = [
  ["range", "Min to max"],
  ["deviation", "± std. dev."],
] as const;
const AMOUNTS = [10, 25, 50, 100, 200, 500, 1000].map((count) => [String(count), String(count)] as const);

/** How a chart's curves are drawn. */
export function SettingsPopover({ title, chart, fields, keys, against, many, group }: Props) {
  const { settings, change } = chart;
  const axes = [
    ["step", "Step"],
    ["relative", "Time since its start"],
    ["wall", "Time of day"],
    ...keys.map((key) => [`key:${key}`, key] as const),
  ] as const;
  const groups = [
    [AS_THE_TABLE, "As the table"],
    ["", "Each run by itself"],
    ...fields.map(({ id, label }) => [id, label] as const),
  ] as const;
  return (
    <Popover name={<SlidersIcon />} label={`Settings of ${title}`} look="ghost" title="Curves" width={340}>
      <div className={styles.settings}>
        <Group name="X axis">
          <Select label="Shows" options={axes} value={settings.x} onChange={(x) => change({ x })} />
          <Check name="Log scale" on={settings.logX} set={(logX) => change({ logX })} />
          {against.kind !== "time" && <WindowFields against={against} />}
        </Group>
        <Group name="Y axis">
          <span className={styles.row}>
            <Check name="Log scale" on={settings.logY} set={(logY) => change({ logY })} />
            <Check
              name="Ignore outliers"
              on={settings.ignoreOutliers}
              set={(ignoreOutliers) => change({ ignoreOutliers })}
            />
          </span>
          <Ends from={settings.yMin} to={settings.yMax} set={(yMin, yMax) => change({ yMin, yMax })} />
        </Group>
        <Group name="Smoothing">
          <Choice
            label="Smoothing"
            options={SMOOTHINGS}
            value={settings.smoothing}
            onChange={(smoothing) => change({ smoothing })}
          />
          {settings.smoothing !== "none" && <Amount settings={settings} change={change} />}
        </Group>
        {many && (
          <Group name="Runs">
            <Select
              label="Group by"
              options={groups}
              value={settings.group}
              onChange={(group) => change({ group })}
            />
            {group !== undefined ? (
              <Choice
                label="Spread"
                options={SPREADS}
                value={settings.spread}
                onChange={(spread) => change({ spread })}
              />
            ) : (
              <Select
                label="Draw at most"
                options={AMOUNTS}
                value={String(settings.most)}
                onChange={(most) => change({ most: Number(most) })}
              />
            )}
          </Group>
        )}
        {many && (
          <Group name="Legend shows, behind the name">
            <CheckList
              label="Fields said behind the name"
              noun="field"
              items={fields.filter(({ id }) => id !== "name")}
              isChecked={({ id }) => settings.says.includes(id)}
              check={({ id }, checked) => {
                const rest = settings.says.filter((other) => other !== id);
                change({ says: checked ? [...rest, id] : rest });
              }}
            />
          </Group>
        )}
        <div className={styles.buttons}>
          <Button onClick={chart.useForAll}>Use for all charts</Button>
          <Button look="ghost" disabled={!chart.changed} onClick={chart.reset}>
            Reset
          </Button>
        </div>
      </div>
    </Popover>
  );
}

const Group = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <fieldset className={styles.group}>
    <legend>{name}</legend>
    {children}
  </fieldset>
);

interface EndsProps {
  from: number | null;
  to: number | null;
  set: (from: number | null, to: number | null) => void;
}

const Ends = ({ from, to, set }: EndsProps) => (
  <div className={styles.ends}>
    <End kind="number" name="From" value={from} open="lowest" change={(value) => set(value, to)} />
    <End kind="number" name="To" value={to} open="highest" change={(value) => set(from, value)} />
  </div>
);

const closed = (end = Number.NaN): number | null => (Number.isFinite(end) ? end : null);

/** The part of the x axis that all charts against the same thing show: the way to zoom without a mouse. */
function WindowFields({ against }: { against: Against }) {
  const zoom = useZoom();
  const axis = axisOf(against);
  const window = useWindow(zoom, axis);
  const set = (from: number | null, to: number | null) =>
    zoom.set(
      axis,
      from === null && to === null
        ? null
        : [from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY],
    );
  return <Ends from={closed(window?.[0])} to={closed(window?.[1])} set={set} />;
}

/** Of `ema` the weight of the past; of the others how many values. */
function Amount({ settings, change }: { settings: CurveSettings; change: SettingsOfChart["change"] }) {
  const id = useId();
  const weighted = settings.smoothing === "ema";
  const value = weighted ? settings.weight : settings.width;
  return (
    <span className={styles.amount}>
      <label htmlFor={id}>{weighted ? "Weight of the past" : "Values"}</label>
      <input
        id={id}
        type="range"
        min={weighted ? 0 : 2}
        max={weighted ? 0.999 : 200}
        step={weighted ? 0.001 : 1}
        value={value}
        onChange={({ target }) =>
          change(weighted ? { weight: Number(target.value) } : { width: Number(target.value) })
        }
      />
      <output htmlFor={id}>{formatNumber(value)}</output>
    </span>
  );
}
