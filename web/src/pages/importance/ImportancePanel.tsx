import { keepPreviousData, type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import type { ImportanceQuestion } from "../../api/queries";
import type { Importance } from "../../api/types";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Choice } from "../../components/Choice";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { formatShare, plural } from "../../lib/format";
import { Basis } from "./Basis";
import styles from "./Importance.module.css";
import { ImportanceHelp } from "./ImportanceHelp";
import { ImportanceTable } from "./ImportanceTable";
import { ParameterManager } from "./ParameterManager";
import { type Asked, useQuestion } from "./useQuestion";
import { basis, hasShares } from "./words";

const METHODS = [
  ["forest", "Random forest"],
  ["ped_anova", "PED-ANOVA"],
] as const;
const GOALS = [
  ["minimize", "lower"],
  ["maximize", "higher"],
] as const;

/** A run's end changes the picture, and seldom much. */
const INTERVAL = 10_000;
const isRun = (change: Change) => change.kind === "run";

// biome-ignore lint/suspicious/noExplicitAny: the key's shape is of no concern here
type Query = UseQueryOptions<Importance, Error, Importance, any>;

/** Which parameters matter to a metric, and how. `own`: the metric whose good end is known. */
export default function ImportancePanel({
  ask,
  own,
}: {
  ask: (question: ImportanceQuestion) => Query;
  own?: string;
}) {
  const asked = useQuestion();
  const query = ask(asked.question);
  const answer = useQuery({ ...query, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey as readonly unknown[], isRun, INTERVAL);
  const found = answer.data;
  if (found === undefined) {
    if (answer.error !== null) return <ErrorNote error={answer.error} retry={answer.refetch} />;
    return <Skeleton height={320} />;
  }
  return (
    <Card
      title="Parameter importance"
      aside={<Controls found={found} asked={asked} goalKnown={found.metric === own} />}
    >
      {answer.error !== null && <ErrorNote error={answer.error} retry={answer.refetch} />}
      <div className={styles.answer} aria-busy={answer.isPlaceholderData}>
        {found.parameters.length === 0 ? <Nothing found={found} /> : <Found found={found} asked={asked} />}
      </div>
    </Card>
  );
}

function Controls({ found, asked, goalKnown }: { found: Importance; asked: Asked; goalKnown: boolean }) {
  const { question, hidden, change, hide } = asked;
  const metric = question.metric ?? found.metric;
  return (
    <div className={styles.controls}>
      {metric !== null && (
        <Select
          label="Metric"
          options={[...new Set([...found.metrics, metric])].map((name) => [name, name])}
          value={metric}
          onChange={(name) => change({ metric: name, good: null })}
        />
      )}
      <Choice
        label="Method"
        options={METHODS}
        value={question.method}
        onChange={(method) => change({ by: method === "forest" ? null : method })}
      />
      {question.method === "ped_anova" && !goalKnown && (
        <Select
          label="Better is"
          options={GOALS}
          value={question.goal ?? found.goal}
          onChange={(good) => change({ good })}
        />
      )}
      {found.parameters.length > 0 && (
        <ParameterManager names={found.parameters.map(({ name }) => name)} hidden={hidden} hide={hide} />
      )}
      <ImportanceHelp />
    </div>
  );
}

const Nothing = ({ found }: { found: Importance }) => (
  <EmptyState title="Nothing to compare yet">
    <p>{found.reason}</p>
    <p>This fills by itself as runs end.</p>
  </EmptyState>
);

function Found({ found, asked: { hidden, hide } }: { found: Importance; asked: Asked }) {
  const shown = found.parameters.filter(({ name }) => !hidden.includes(name));
  const away = found.parameters.length - shown.length;
  const share = found.parameters.reduce(
    (sum, { name, importance }) => sum + (hidden.includes(name) ? importance : 0),
    0,
  );
  return (
    <>
      <Basis found={found} words={basis(found)} />
      {found.reason !== "" && <p className={styles.doubt}>{found.reason}</p>}
      {shown.length > 0 && (
        <ImportanceTable
          parameters={shown}
          metric={found.metric ?? ""}
          runs={found.runs}
          shares={hasShares(found)}
          doubtful={found.reason !== ""}
        />
      )}
      {away > 0 && (
        <p className={styles.away}>
          {plural(away, "hidden parameter")}
          {hasShares(found) && `: ${formatShare(share)} of the importance`}.
          <Button look="ghost" onClick={() => hide([])}>
            Show all
          </Button>
        </p>
      )}
    </>
  );
}
