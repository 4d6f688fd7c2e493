import { useMemo } from "react";
import { formatNumber } from "../../../lib/format";
import styles from "./MatrixChart.module.css";
import { type Chart, matrixOf, sharesOf } from "./tableChart";
import type { TableFile } from "./tableFile";

/** Of the colour, in percent: text upon it stays readable. */
const DARKEST = 45;

interface Props {
  table: TableFile;
  chart: Chart;
  /** What a column is called in place of its name. */
  titles?: ReadonlyMap<string, string> | undefined;
  /** Whose numbers they are, where it is one of several. */
  of?: string;
}

/** What a number is for each pair of two columns' values: the larger, the darker. */
export function MatrixChart({ table, chart, titles, of }: Props) {
  const matrix = useMemo(() => matrixOf(table, chart), [table, chart]);
  const shares = useMemo(() => sharesOf(matrix), [matrix]);
  const { rows, columns, cells, left } = matrix;
  const label = `${chart.color} by ${chart.y} and ${chart.x}${of === undefined ? "" : ` of ${of}`}`;
  return (
    <div>
      <section
        className={styles.frame}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table
          aria-label={label}
          className={styles.matrix}
          style={{ "--columns": columns.length, "--rows": rows.length } as React.CSSProperties}
        >
          <thead>
            <tr>
              <td />
              <th colSpan={columns.length} scope="colgroup" className={styles.axis}>
                {chart.x}
              </th>
            </tr>
            <tr>
              <th scope="col" className={styles.axis}>
                {chart.y}
              </th>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((name, i) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {columns.map((column, j) => {
                  const value = cells[i]?.[j] ?? null;
                  const share = shares[i]?.[j] ?? 0;
                  return (
                    <td
                      key={column}
                      style={{ "--share": `${Math.round(DARKEST * share)}%` } as React.CSSProperties}
                    >
                      {value === null ? "" : formatNumber(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={styles.soft}>
        {titles?.get(chart.color) ?? chart.color}
        {left > 0 && `, without ${left} more values of ${chart.y} and ${chart.x}`}
      </p>
    </div>
  );
}
