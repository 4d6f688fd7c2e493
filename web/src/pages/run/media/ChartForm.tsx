import { Button } from "../../../components/Button";
import { Choice } from "../../../components/Choice";
import { Select } from "../../../components/Select";
import styles from "./TableChart.module.css";
import { type Chart, type ChartChoice, chartColumns } from "./tableChart";
import type { TableFile } from "./tableFile";

const KINDS = [
  ["line", "Line"],
  ["scatter", "Scatter"],
  ["bars", "Bars"],
  ["histogram", "Histogram"],
  ["matrix", "Matrix"],
] as const;

const SHOWS = [
  ["table", "Table"],
  ["chart", "Chart"],
] as const;

interface Props {
  table: TableFile;
  /** null: as a table, or no chart can be made of it. */
  chart: Chart | null;
  choice: ChartChoice;
  choose: (choice: ChartChoice) => void;
  /** Forgets the choice, so that what the program has defined holds again; null where nothing is to be forgotten. */
  reset: (() => void) | null;
}

/** Whether a table is seen as such or as a chart, and which of its columns are seen. */
export function ChartForm({ table, chart, choice, choose, reset }: Props) {
  const { all, numbers } = chartColumns(table);
  const named = (names: readonly string[]) => names.map((name) => [name, name] as const);
  return (
    <div className={styles.form}>
      <Choice
        label="Shown as"
        options={SHOWS}
        value={chart === null ? "table" : "chart"}
        onChange={(shows) => choose({ ...choice, shows })}
      />
      {reset !== null && (
        <Button look="ghost" onClick={reset}>
          Forget my choice
        </Button>
      )}
      {chart !== null && (
        <>
          <Select
            label="Kind"
            options={KINDS}
            value={chart.kind}
            onChange={(kind) => choose({ ...choice, kind })}
          />
          <Select
            label={chart.kind === "histogram" ? "Of" : "X"}
            options={named(chart.kind === "bars" || chart.kind === "matrix" ? all : numbers)}
            value={chart.x}
            onChange={(x) => choose({ ...choice, x })}
          />
          {chart.kind !== "histogram" && (
            <>
              <Select
                label="Y"
                options={named(chart.kind === "matrix" ? all : numbers)}
                value={chart.y}
                onChange={(y) => choose({ ...choice, y })}
              />
              <Select
                label={chart.kind === "matrix" ? "Value" : "Colour"}
                options={chart.kind === "matrix" ? named(numbers) : [["", "None"], ...named(all)]}
                value={chart.color}
                onChange={(color) => choose({ ...choice, color })}
              />
            </>
          )}
        </>
      )}
    </div>
  );
}
