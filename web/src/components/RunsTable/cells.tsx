import { Link } from "wouter";
import type { MetricGoal, Run } from "../../api/types";
import { sweepPath } from "../../app/routes";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatParam,
  MOST_DIGITS,
  toNumber,
} from "../../lib/format";
import { whySentence } from "../../lib/why";
import type { Field } from "../../view/fields";
import { ParamValue } from "../ParamValue";
import { STATES, StateIcon, stateOf } from "../StateIcon";
import { Ago, Counting } from "../Time";
import type { Column } from "./columns";
import styles from "./RunsTable.module.css";

export const isRight = ({ kind }: Field): boolean => kind !== "category";

const LONG = 28;

/** What a run has in a column; the name has a cell of its own. */
export function CellValue({
  run,
  column: { field, digits },
  metric,
}: {
  run: Run;
  column: Pick<Column, "field" | "digits">;
  metric: MetricGoal | null;
}) {
  switch (field.id) {
    case "metric":
      return run.best === null ? "–" : formatNumber(run.best, MOST_DIGITS, digits);
    case "state":
      return <StateCell run={run} />;
    case "why":
      return (
        run.why !== null && (
          <span title={whySentence(run.why, metric?.name ?? null)}>{String(field.read(run) ?? "")}</span>
        )
      );
    case "steps":
      return formatCount(run.steps);
    case "duration":
      if (run.started === null) return "–";
      return run.ended === null ? <Counting since={run.started} /> : formatDuration(run.duration);
    case "tags":
      return <Tags tags={run.tags} />;
    case "sweep":
      return run.sweep_id === null ? (
        "–"
      ) : (
        <Link href={sweepPath({ ...run, id: run.sweep_id })} tabIndex={-1} title={String(field.read(run))}>
          {String(field.read(run))}
        </Link>
      );
  }
  const value = field.read(run);
  if (field.part === "Parameter") return <ParamValue value={value} />;
  if (field.kind === "time") return typeof value === "number" ? <Ago time={value} /> : "–";
  if (field.kind === "number") {
    const number = toNumber(value);
    return number === null ? formatParam(value) : formatNumber(number, MOST_DIGITS, digits);
  }
  const text = formatParam(value);
  return text.length > LONG ? <span title={text}>{text}</span> : text;
}

/** A word; on a telephone its sign. */
function StateCell({ run }: { run: Run }) {
  const state = stateOf(run);
  return (
    <span className={styles.state} title={run.reason}>
      <StateIcon state={state} />
      <span>{STATES[state].word}</span>
    </span>
  );
}

const Tags = ({ tags }: { tags: readonly string[] }) => (
  <span title={tags.join(", ")}>
    {tags.map((tag) => (
      <span key={tag} className={styles.tag}>
        {tag}
      </span>
    ))}
  </span>
);
