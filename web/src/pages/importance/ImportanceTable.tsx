import { Fragment, useState } from "react";
import type { ParameterImportance } from "../../api/types";
import { formatParam, plural } from "../../lib/format";
import { CorrelationBar, ShareBar } from "./bars";
import styles from "./Importance.module.css";
import { steadier, valuesTold } from "./words";

interface Props {
  parameters: readonly ParameterImportance[];
  metric: string;
  /** Runs in all: a parameter that fewer have says so. */
  runs: number;
  /** Whether there are shares to show: where nothing was found, a column of zeros would only look like an answer. */
  shares: boolean;
  /** The shares are not to be leant on. */
  doubtful: boolean;
  /** So many find room. */
  rows?: number;
}

const ALL = Number.POSITIVE_INFINITY;

/** One row per parameter, the most important first, and one below it for each value of a category. */
export function ImportanceTable({ parameters, metric, runs, shares, doubtful, rows = ALL }: Props) {
  const told = valuesTold(parameters, rows);
  const most = Math.min(
    1,
    Math.max(0.01, ...parameters.map(({ importance, spread }) => importance + spread)),
  );
  return (
    <table className={styles.table} data-doubtful={doubtful}>
      <caption className="visually-hidden">
        {shares ? "Parameters by their importance to" : "Parameters and how they correlate with"} {metric}
      </caption>
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          {shares && <th scope="col">Importance</th>}
          <th scope="col">Correlation</th>
        </tr>
      </thead>
      <tbody>
        {parameters.map((parameter, i) => (
          <Rows
            key={parameter.name}
            {...{ parameter, runs }}
            most={shares ? most : null}
            told={told[i] ?? 0}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowsProps {
  parameter: ParameterImportance;
  /** Where the places of shares end; null without shares. */
  most: number | null;
  runs: number;
  /** Values at first. */
  told: number;
}

function Rows({ parameter, most, runs, told }: RowsProps) {
  const { name, importance, spread, correlation, rank_correlation, values } = parameter;
  const [all, setAll] = useState(false);
  const shown = all ? values : values.slice(0, told);
  return (
    <Fragment>
      <tr className={styles.parameter}>
        <th scope="row">
          <span className={styles.who}>
            <span className={styles.name}>{name}</span>
            {parameter.runs < runs && <span className={styles.soft}>in {plural(parameter.runs, "run")}</span>}
          </span>
        </th>
        {most !== null && (
          <td>
            <ShareBar share={importance} spread={spread} most={most} />
          </td>
        )}
        <td>
          {correlation !== null && (
            <CorrelationBar r={correlation} rank={steadier(correlation, rank_correlation)} />
          )}
          {shown.length > 0 && <span className={styles.soft}>by value</span>}
          {shown.length === 0 && values.length > 0 && (
            <button type="button" className={styles.more} onClick={() => setAll(true)}>
              {values.length} values
            </button>
          )}
        </td>
      </tr>
      {shown.map((value) => (
        <tr key={JSON.stringify(value.value)} className={styles.value}>
          <th scope="row">
            <span className={styles.who}>
              <span className={styles.name}>= {formatParam(value.value)}</span>
              <span className={styles.soft}>in {plural(value.runs, "run")}</span>
            </span>
          </th>
          {most !== null && <td />}
          <td>{value.correlation !== null && <CorrelationBar r={value.correlation} rank={null} />}</td>
        </tr>
      ))}
      {shown.length > 0 && shown.length < values.length && (
        <tr className={styles.value}>
          <td colSpan={3}>
            <button type="button" className={styles.more} onClick={() => setAll(true)}>
              {values.length - shown.length} more values of {name}
            </button>
          </td>
        </tr>
      )}
    </Fragment>
  );
}
