import { useMemo } from "react";
import { Link } from "wouter";
import { runPath } from "../../app/routes";
import { commonDigits, plural } from "../../lib/format";
import type { Field } from "../../view/fields";
import { useHovered } from "../../view/hover";
import { useRunView } from "../../view/RunView";
import { numberText } from "../../view/ranges";
import { colorOfGroup } from "../../view/runColors";
import { MeasureCard } from "../MeasureCard";
import { EACH_RUN, useMeasureBy } from "../measureBy";
import { barsTitle } from "../titles";
import styles from "./BarPanel.module.css";
import { type Bar, barsAmong, barsOfGroups, barsOfRuns, reachOf } from "./bars";

/** More cannot be taken in, and cost. */
const MOST = 100;
const DIGITS = 4;

interface Props {
  /** Where choices are kept, and what they are kept under there. */
  place: string;
  name: string;
  height: number;
  loading: boolean;
}

/** A number of each run, or the mean of those that share a value of a field, as bars that begin at zero. */
export function BarPanel({ place, name, height, loading }: Props) {
  const { fields, matched, drawn, metric } = useRunView();
  const measure = useMeasureBy(place, name);
  const { value, by } = measure;
  const goal = value?.id === "metric" ? (metric?.goal ?? null) : null;
  // Once for all that may be drawn, so that a brush need not sort.
  const ofRuns = useMemo(
    () => (value === undefined || by !== undefined ? [] : barsOfRuns(matched, value, goal)),
    [matched, value, by, goal],
  );
  const bars = useMemo(
    () =>
      value === undefined || by === undefined ? barsAmong(ofRuns, drawn) : barsOfGroups(drawn, value, by),
    [ofRuns, drawn, value, by],
  );
  const shown = bars.slice(0, MOST);
  const title = barsTitle(measure.missing.length > 0 ? undefined : value, by);
  return (
    <MeasureCard
      {...{ title, measure, height, loading }}
      by={measure.chosenBy}
      bys={[["", "as the table"], [EACH_RUN, "run"], ...fields.map(({ id, label }) => [id, label] as const)]}
      filled={bars.length > 0}
      aside={
        shown.length < bars.length && (
          <span>
            first {shown.length} of {plural(bars.length, by === undefined ? "run" : "group")}
          </span>
        )
      }
    >
      {value !== undefined && <Bars bars={shown} field={value} title={title} height={height} />}
    </MeasureCard>
  );
}

interface BarsProps {
  bars: readonly Bar[];
  field: Field;
  title: string;
  height: number;
}

function Bars({ bars, field, title, height }: BarsProps) {
  const [low, high] = reachOf(bars);
  const at = (value: number) => `${(100 * (value - low)) / (high - low)}%`;
  const least = commonDigits(
    bars.map(({ value }) => value),
    DIGITS,
  );
  const words = (value: number) => numberText(field, value, DIGITS, least);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section inside the card's would be one landmark too many
    <div
      className={styles.frame}
      style={{ height }}
      role="group"
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table aria-label={title} className={styles.bars}>
        <tbody>
          {bars.map((bar) => (
            <Row key={bar.runs[0]?.id ?? bar.name} {...{ bar, at, words }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  bar: Bar;
  /** Where a value lies, from the left. */
  at: (value: number) => string;
  words: (value: number) => string;
}

function Row({ bar, at, words }: RowProps) {
  const { hover, colors } = useRunView();
  const { name, value, deviation, runs } = bar;
  const run = deviation === null ? runs[0] : undefined;
  const isLit = useHovered(hover, run?.id ?? "");
  const [from, to] = value < 0 ? [value, 0] : [0, value];
  return (
    <tr
      className={isLit ? styles.lit : undefined}
      onPointerEnter={() => hover.set(run?.id ?? null)}
      onPointerLeave={() => hover.set(null)}
      title={run === undefined ? plural(runs.length, "run") : undefined}
    >
      <th scope="row" title={name}>
        {run === undefined ? name : <Link href={runPath(run)}>{name}</Link>}
      </th>
      <td className={styles.place}>
        <div className={styles.line}>
          <span
            className={styles.bar}
            style={{
              left: at(from),
              width: `calc(${at(to)} - ${at(from)})`,
              background: colorOfGroup(
                name,
                runs.map(({ id }) => colors.of(id)),
              ),
            }}
          />
          {deviation !== null && deviation > 0 && (
            <span
              className={styles.spread}
              style={{
                left: at(value - deviation),
                width: `calc(${at(value + deviation)} - ${at(value - deviation)})`,
              }}
            />
          )}
        </div>
      </td>
      <td className={styles.value}>
        {words(value)}
        {deviation !== null && (
          <span className={styles.soft}>
            {" "}
            ± {words(deviation)}, {plural(runs.length, "run")}
          </span>
        )}
      </td>
    </tr>
  );
}
