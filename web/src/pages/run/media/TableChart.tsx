import { useMemo } from "react";
import { SeriesLegend } from "../../../charts/SeriesLegend";
import { HistogramView } from "./HistogramView";
import { MatrixChart } from "./MatrixChart";
import { PictureChart } from "./PictureChart";
import styles from "./TableChart.module.css";
import { binned, type Chart, MOST_ROWS, pictureOf } from "./tableChart";
import type { TableFile } from "./tableFile";

const styleOf = (i: number) => ({ color: `var(--series-${i + 1})`, dash: [] });

const UNTITLED: ReadonlyMap<string, string> = new Map();

interface Props {
  table: TableFile;
  chart: Chart;
  /** What an axis is called in place of its column. */
  titles?: ReadonlyMap<string, string>;
}

/** The rows of a logged table as a chart. */
export function TableChart({ table, chart, titles = UNTITLED }: Props) {
  const histogram = useMemo(
    () => (chart.kind === "histogram" ? binned(table, chart.x) : null),
    [table, chart.kind, chart.x],
  );
  if (chart.kind === "matrix") return <MatrixChart table={table} chart={chart} titles={titles} />;
  if (chart.kind !== "histogram") return <Drawn table={table} chart={chart} titles={titles} />;
  return histogram === null ? (
    <p className={styles.soft}>There are no rows yet.</p>
  ) : (
    <div className={styles.histogram}>
      <HistogramView histogram={histogram} />
    </div>
  );
}

function Drawn({ table, chart, titles }: Required<Props>) {
  const picture = useMemo(() => pictureOf(table, chart), [table, chart]);
  return (
    <div>
      <PictureChart
        picture={picture}
        kind={chart.kind}
        xTitle={titles.get(chart.x) ?? chart.x}
        yTitle={titles.get(chart.y) ?? chart.y}
        styleOf={styleOf}
        note={table.data.length > MOST_ROWS ? `, of the first ${MOST_ROWS.toLocaleString("en-US")} rows` : ""}
      />
      {chart.color !== "" && (
        <SeriesLegend
          label={chart.color}
          entries={picture.series.map(({ name }, i) => ({ id: name, color: styleOf(i).color, name }))}
        />
      )}
    </div>
  );
}
