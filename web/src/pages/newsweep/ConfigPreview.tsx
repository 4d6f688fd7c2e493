import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { formatCount, withoutNoise } from "../../lib/format";
import styles from "./ConfigPreview.module.css";
import type { Checked, ConfigCheck, ConfigProblem } from "./useConfigCheck";

interface Props {
  checked: Checked;
  /** Of the summary of problems. */
  id: string;
  goToLine: (line: number) => void;
}

/** What a configuration would do; or what is wrong with it, each problem leading to its line. */
export function ConfigPreview({ checked, id, goToLine }: Props) {
  const { check, error, isCurrent } = checked;
  if (error !== null && check === null) return <ErrorNote error={error} retry={checked.retry} />;
  if (check === null) return <Skeleton height={320} />;
  return (
    <div className={styles.column} aria-busy={!isCurrent}>
      <p id={id} className="visually-hidden" aria-live="polite">
        {summary(check)}
      </p>
      {check.errors.length > 0 && (
        <Card title={check.errors.length === 1 ? "One problem" : `${check.errors.length} problems`}>
          <Problems problems={check.errors} look={styles.error} goToLine={goToLine} />
        </Card>
      )}
      {check.preview != null && <Preview preview={check.preview} />}
      {check.warnings.length > 0 && (
        <Card title={check.warnings.length === 1 ? "A remark" : "Remarks"}>
          <Problems problems={check.warnings} look={styles.warning} goToLine={goToLine} />
        </Card>
      )}
    </div>
  );
}

function summary({ errors, preview }: ConfigCheck): string {
  if (errors.length > 0) return errors.length === 1 ? "One problem." : `${errors.length} problems.`;
  return preview == null ? "" : `Runs: ${preview.runs_text}.`;
}

function Problems({
  problems,
  look,
  goToLine,
}: {
  problems: readonly ConfigProblem[];
  look: string | undefined;
  goToLine: (line: number) => void;
}) {
  return (
    <ul className={styles.problems}>
      {problems.map((problem, i) => (
        <li key={i} className={look}>
          <p className={styles.place}>
            {problem.line != null && (
              <button type="button" className={styles.line} onClick={() => goToLine(problem.line ?? 1)}>
                Line {problem.line}
              </button>
            )}
            {problem.key !== "" && (
              <code>
                {problem.key}
                {problem.found !== "" && <> = {problem.found}</>}
              </code>
            )}
          </p>
          <p>
            <Words text={problem.message} />
          </p>
          {problem.hint !== "" && (
            <p className={styles.hint}>
              To mend it: <Words text={problem.hint} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A sentence in which `what is typed` looks like it. */
const Words = ({ text }: { text: string }) =>
  text.split("`").map((part, i) => (i % 2 === 0 ? part : <code key={i}>{part}</code>));

/** Why so many, without the number that stands before it: "of 6 grid points (run_cap)". */
function reasonOf({ runs, runs_text }: NonNullable<ConfigCheck["preview"]>): string {
  if (runs == null) return runs_text;
  const count = `${formatCount(runs)} `;
  return runs_text.startsWith(count) ? runs_text.slice(count.length) : runs_text.replace(count, "");
}

function Preview({ preview }: { preview: NonNullable<ConfigCheck["preview"]> }) {
  return (
    <Card title="Preview" aside={preview.headline}>
      <p className={styles.runs}>
        {preview.runs == null ? (
          <>
            <strong>∞</strong> runs
          </>
        ) : (
          <>
            <strong>{formatCount(preview.runs)}</strong> {preview.runs === 1 ? "run" : "runs"}
          </>
        )}
        <span className={styles.why}>{reasonOf(preview)}</span>
      </p>
      <table className={styles.parameters}>
        <caption className="visually-hidden">Parameters</caption>
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody>
          {preview.parameters.map((parameter) => (
            <tr key={parameter.name}>
              <th scope="row">{parameter.name}</th>
              <td>
                {parameter.values}
                <span className={styles.kind}> {parameter.distribution}</span>
                {parameter.only_where !== "" && (
                  <span className={styles.where}>only where {parameter.only_where}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {preview.rules.length > 0 && (
        <dl className={styles.rules}>
          {preview.rules.map((rule, i) => (
            <div key={i}>
              <dt>{rule.name}</dt>
              <dd>{rule.text}</dd>
            </div>
          ))}
        </dl>
      )}
      {preview.samples.length > 0 && (
        <>
          <h3 className={styles.heading}>{preview.order_is_known ? "First runs" : "Sample runs"}</h3>
          <ol className={styles.samples}>
            {preview.samples.map((sample, i) => (
              <li key={i}>
                <code>
                  {sample.command.map((word, j) => (
                    <span key={j} className={styles.word}>
                      {withoutNoise(word)}{" "}
                    </span>
                  ))}
                </code>
              </li>
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}
