import { memo } from "react";
import type { MetricGoal, Run } from "../../api/types";
import {
  formatComputed,
  formatCount,
  formatDuration,
  formatNumber,
  MOST_DIGITS,
  plural,
} from "../../lib/format";
import type { Field } from "../../view/fields";
import { type Statistics, statisticsOf } from "../../view/statistics";
import { ChevronIcon } from "../signs";
import { histogramOf, type Span, spanOf } from "./bins";
import type { Column } from "./columns";
import styles from "./GroupRow.module.css";
import type { Group } from "./groups";
import { Histogram } from "./Histogram";
import { cellClass, pinnedStyle } from "./RunRow";
import table from "./RunsTable.module.css";

interface Props {
  group: Group;
  index: number;
  columns: readonly Column[];
  metric: MetricGoal | null;
  /** How many of its runs have a tick. */
  ticked: number;
  current: boolean;
  /** Those of all groups, whose numbers its own lie among. */
  shown: readonly Run[];
  toggle: (key: string) => void;
  tick: (runs: readonly Run[], on: boolean) => void;
  focus: (index: number) => void;
}

/** A group of runs in one line: how many, the best, and how the numbers of each column lie: histogram, mean and spread. */
export default memo(function GroupRow(props: Props) {
  const { group, index, columns, metric, current } = props;
  const name = `${group.field.label}: ${group.value}`;
  const tabIndex = current ? 0 : -1;
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      className={styles.group}
      onFocus={() => props.focus(index)}
    >
      {columns.map((column) => {
        const look = { className: cellClass(column), style: pinnedStyle(column) };
        return column.field.id === "name" ? (
          <th key="name" scope="row" aria-label={name} {...look}>
            <span className={table.name} style={{ paddingLeft: 16 * group.depth }}>
              <label className={table.tick}>
                <input
                  type="checkbox"
                  data-part="tick"
                  aria-label={`Select all runs with ${name}`}
                  tabIndex={tabIndex}
                  ref={(box) => {
                    if (box !== null)
                      box.indeterminate = props.ticked > 0 && props.ticked < group.runs.length;
                  }}
                  checked={props.ticked === group.runs.length}
                  onChange={({ target }) => props.tick(group.runs, target.checked)}
                />
              </label>
              <button
                type="button"
                data-part="open"
                className={styles.fold}
                aria-expanded={group.open}
                tabIndex={tabIndex}
                title={name}
                onClick={() => props.toggle(group.key)}
              >
                <ChevronIcon down={group.open} />
                <span className={styles.groupName}>
                  <span className={styles.soft}>{group.field.label}</span>{" "}
                  <span className={styles.value}>{group.value}</span>
                </span>
                <span className={styles.count}>
                  {formatCount(group.runs.length)}
                  <span className={styles.noun}>{group.runs.length === 1 ? " run" : " runs"}</span>
                </span>
              </button>
            </span>
          </th>
        ) : (
          <td key={column.field.id} {...look}>
            <Numbers group={group} column={column} metric={metric} shown={props.shown} />
          </td>
        );
      })}
    </tr>
  );
});

interface NumbersProps {
  group: Group;
  column: Column;
  metric: MetricGoal | null;
  shown: readonly Run[];
}

function Numbers({ group, column: { field, digits }, metric, shown }: NumbersProps) {
  if (field.kind !== "number" && field.kind !== "duration") return null;
  const span = spanOf(shown, field);
  const statistics = statisticsOf(group.runs, field);
  if (statistics === null) return "–";
  const isDuration = field.kind === "duration";
  const format: Format = isDuration ? formatDuration : (value) => formatNumber(value, 3, Math.min(3, digits));
  const computed: Format = isDuration ? formatDuration : (value) => formatComputed(value, 3);
  const { mean, spread } = statistics;
  return (
    <span className={styles.numbers} title={words(statistics, format, computed)}>
      {span !== null && <Distribution group={group} field={field} span={span} format={format} />}
      {field.id === "metric" && metric !== null && (
        <strong>
          {formatNumber(metric.goal === "maximize" ? statistics.most : statistics.least, MOST_DIGITS, digits)}
        </strong>
      )}
      <span className={styles.soft}>
        {/* What all of them have was chosen. */}
        {spread > 0 ? `${computed(mean)} ± ${computed(spread)}` : format(mean)}
      </span>
    </span>
  );
}

type Format = (value: number) => string;

interface DistributionProps {
  group: Group;
  field: Field;
  span: Span;
  format: Format;
}

function Distribution({ group, field, span, format }: DistributionProps) {
  const counts = histogramOf(group.runs, field, span);
  const ends = `from ${format(span.least)} to ${format(span.most)}${span.log ? ", logarithmic" : ""}`;
  return <Histogram counts={counts} label={`Runs ${ends}: ${counts.join(", ")}`} />;
}

const words = ({ count, mean, spread, least, most }: Statistics, format: Format, computed: Format): string =>
  `mean ${computed(mean)}, standard deviation ${computed(spread)}, from ${format(least)} to ${format(most)}, of ${plural(count, "run")}`;
