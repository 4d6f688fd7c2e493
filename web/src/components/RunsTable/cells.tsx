import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { sweepAgentsQuery } from "../../api/queries";
import type { MetricGoal, Run } from "../../api/types";
import { sweepPath } from "../../app/routes";
import { formatCount, formatDuration, formatNumber, formatValue, toNumber } from "../../lib/format";
import { whySentence } from "../../lib/why";
import type { Field } from "../../view/fields";
import { ParamValue } from "../ParamValue";
import { STATES, stateOf } from "../StateIcon";
import { Ago, Counting } from "../Time";
import { type Column, MOST_DIGITS } from "./columns";
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
      return <span title={run.reason}>{STATES[stateOf(run)].word}</span>;
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
    case "agent":
      return <AgentName run={run} />;
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
    return number === null ? formatValue(value) : formatNumber(number, MOST_DIGITS, digits);
  }
  const text = formatValue(value);
  return text.length > LONG ? <span title={text}>{text}</span> : text;
}

/** Few ask for this column, so names are looked for where it is shown. */
function AgentName({ run: { sweep_id, agent_id } }: { run: Run }) {
  const query = sweepAgentsQuery(sweep_id ?? "");
  const agents = useQuery({ ...query, enabled: sweep_id !== null && agent_id !== null }).data?.agents;
  return agents?.find(({ id }) => id === agent_id)?.name ?? agent_id ?? "–";
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
