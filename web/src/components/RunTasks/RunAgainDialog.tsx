import { useQueries } from "@tanstack/react-query";
import { Link } from "wouter";
import { type ProjectPath, sweepQuery } from "../../api/queries";
import { changeRuns } from "../../api/runChanges";
import type { Run, RunsChanged, Sweep } from "../../api/types";
import { runPath, sweepPath } from "../../app/routes";
import { formatCount, plural } from "../../lib/format";
import { reachedLimits } from "../../lib/runAgain";
import { ErrorNote } from "../ErrorNote";
import { mayRunAgain } from "./possible";
import { Refused } from "./Refused";
import styles from "./RunTasks.module.css";
import { TaskDialog } from "./TaskDialog";

const hasEnded = ({ state }: Sweep): boolean => state === "FINISHED" || state === "CANCELED";

interface Props {
  runs: readonly Run[];
  /** What the addresses of its new runs take along. */
  words: string;
  /** Goes to the new run of a single one whose page this is: on a grid the old one has none any more. */
  open: ((id: string) => void) | undefined;
  close: () => void;
}

/** Queues the points of some runs of a project in their sweeps once more; sweeps that have ended are resumed. */
export function RunAgainDialog({ runs, words, open, close }: Props) {
  const again = runs.filter(mayRunAgain);
  const ids = [...new Set(again.map(({ sweep_id }) => sweep_id ?? ""))];
  const asked = useQueries({ queries: ids.map((id) => sweepQuery(id)) });
  const sweeps = asked.flatMap(({ data }) => data ?? []);
  const failed = asked.find(({ error, data }) => error !== null && data === undefined);
  const grids = new Set(sweeps.filter(({ method }) => method === "grid").map(({ id }) => id));
  const replaced = again.filter(({ sweep_id }) => grids.has(sweep_id ?? ""));
  // What is deleted would have nothing in its place.
  const inVain = sweeps.some((sweep) => grids.has(sweep.id) && reachedLimits(sweep).length > 0);
  const isOne = runs.length === 1;
  const act = async () => {
    const [path] = again;
    if (path === undefined) return null;
    const told = await changeRuns(
      path,
      "again",
      again.map(({ id }) => id),
    );
    const [made] = told.queued ?? [];
    if (open !== undefined && made !== undefined) {
      open(made.id);
      return null;
    }
    return (
      <>
        <Queued {...{ told, path, words }} />
        <Refused told={told} runs={runs} what="run again" />
      </>
    );
  };
  return (
    <TaskDialog
      title={`Run ${isOne ? runs[0]?.name : plural(again.length, "run")} again?`}
      name={sweeps.some(hasEnded) ? "Resume and run again" : "Run again"}
      danger={replaced.length > 0}
      disabled={again.length === 0 || sweeps.length < ids.length || inVain}
      act={act}
      close={close}
    >
      <p className={styles.text}>
        {again.length < runs.length &&
          `${formatCount(runs.length - again.length)} of ${formatCount(runs.length)} are left alone: runs that have not ended, and runs that no sweep handed out. `}
        A new run with the same parameters is queued{isOne ? "" : " for each"}. Agents take it before anything
        that the search suggests.
      </p>
      {replaced.length > 0 && (
        <p className={styles.text}>
          A grid has one run for each point, so{" "}
          {isOne ? "this one is" : `${plural(replaced.length, "run")} are`} deleted first. For seven days{" "}
          {replaced.length === 1 ? "it" : "they"} can be brought back, once the new{" "}
          {replaced.length === 1 ? "one is" : "ones are"} deleted.
        </p>
      )}
      {sweeps.map((sweep) => (
        <SweepNote key={sweep.id} sweep={sweep} />
      ))}
      {failed?.error && <ErrorNote error={failed.error} retry={failed.refetch} />}
    </TaskDialog>
  );
}

/** What stands between a queued run and its start. */
function SweepNote({ sweep }: { sweep: Sweep }) {
  const limits = reachedLimits(sweep);
  const name = <strong>{sweep.name}</strong>;
  return (
    <>
      {hasEnded(sweep) && (
        <p className={styles.text}>
          The sweep {name} has ended: {sweep.state_reason}. It is resumed, and may then start other runs too.
        </p>
      )}
      {sweep.state === "PAUSED" && (
        <p className={styles.text}>The sweep {name} is paused: nothing starts before it is resumed.</p>
      )}
      {limits.length > 0 && (
        <p className={styles.text}>
          It has reached {limits.join(" and ")}: raise that{" "}
          <Link href={`${sweepPath(sweep)}?tab=configuration`}>in its configuration</Link> first, or nothing
          will start.
        </p>
      )}
      {sweep.agent_count === 0 && (
        <p className={styles.text}>
          No agent works on {name} now: start one, and it begins with what is queued.
        </p>
      )}
    </>
  );
}

const MOST_NAMED = 5;

function Queued({ told: { changed, queued = [] }, path, words }: QueuedProps) {
  if (changed === 0) return null;
  return (
    <p className={styles.text}>
      Queued{" "}
      {changed > MOST_NAMED
        ? plural(changed, "run")
        : queued.map(({ id, name }, i) => (
            <span key={id}>
              {i > 0 && ", "}
              <Link href={runPath({ ...path, id }) + words}>{name}</Link>
            </span>
          ))}
      .
    </p>
  );
}

interface QueuedProps {
  told: RunsChanged;
  path: ProjectPath;
  words: string;
}
