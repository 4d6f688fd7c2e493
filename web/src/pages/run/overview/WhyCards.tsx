import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { type ProjectPath, runQuery } from "../../../api/queries";
import type { MetricGoal, Run } from "../../../api/types";
import { runPath } from "../../../app/routes";
import { Card } from "../../../components/Card";
import { Details } from "../../../components/Details";
import { KeyValues } from "../../../components/KeyValues";
import { RunName } from "../../../components/RunName";
import { Skeleton } from "../../../components/Skeleton";
import { formatNumber } from "../../../lib/format";
import { flatten } from "../../../lib/params";
import {
  doubt,
  furtherFacts,
  type Nearest,
  nearestRun,
  stopSentence,
  type Why,
  whatCame,
  whySentence,
} from "../../../lib/why";

interface Props {
  path: ProjectPath;
  run: Run;
  /** Its sweep's. */
  metric: MetricGoal | null;
}

/** How the search came to this point, and what came of it. */
export function WhyCard({ path, run, metric, why, loading }: Props & { why: Why; loading: boolean }) {
  const nearest = nearestRun(why);
  const facts = flatten(furtherFacts(why));
  const got = run.state === "finished" ? run.best : null;
  const sentences = [
    whySentence(why, metric?.name ?? null),
    doubt(why),
    metric && whatCame(why, got, metric.goal),
  ];
  if (loading) {
    return (
      <Card title="Why this point">
        <Skeleton height={64} />
      </Card>
    );
  }
  return (
    <Card title="Why this point">
      <p>{sentences.filter(Boolean).join(" ")}</p>
      {run.tries != null && <TryNote path={path} tries={run.tries} />}
      {nearest !== null && <NearestRun path={path} nearest={nearest} />}
      {facts.size > 0 && (
        <Details summary="What the search knew">
          <KeyValues values={facts} />
        </Details>
      )}
    </Card>
  );
}

function RunLink({ path, id }: { path: ProjectPath; id: string }) {
  const name = useQuery(runQuery(path, id)).data?.name ?? id;
  return (
    <Link href={runPath({ ...path, id })}>
      <RunName of={{ ...path, id, name }} />
    </Link>
  );
}

/** Its place among the tries of its point. */
function TryNote({ path, tries }: { path: ProjectPath; tries: NonNullable<Run["tries"]> }) {
  const { attempt, after, next, due } = tries;
  return (
    <p>
      Try {attempt} of this point
      {after !== null && (
        <>
          , after <RunLink path={path} id={after} />
        </>
      )}
      {next !== null && (
        <>
          ; tried again by <RunLink path={path} id={next} />
        </>
      )}
      {due && "; it is to be tried again"}.
    </p>
  );
}

function NearestRun({ path, nearest: { id, value, distance } }: { path: ProjectPath; nearest: Nearest }) {
  return (
    <p>
      Closest run then: <RunLink path={path} id={id} />
      {value !== null && `, which had come to ${formatNumber(value, 4)}`}
      {distance !== null && (
        <span title="0 is the same point, 1 the width of the space">, {formatNumber(distance, 2)} away</span>
      )}
      .
    </p>
  );
}

interface StoppedProps {
  stopped: NonNullable<Run["stopped"]>;
  /** Its program has ended; it may take a while to do as it was told. */
  isOver: boolean;
}

/** Why early stopping ended it. */
export function StoppedCard({ stopped, isOver }: StoppedProps) {
  return (
    <Card title={isOver ? "Why it ended" : "Why it is ending"}>
      <p>{stopSentence(stopped, isOver)}</p>
    </Card>
  );
}
