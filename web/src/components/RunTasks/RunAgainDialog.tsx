import { useQueries } from "@tanstack/react-query";
import { Link } from "wouter";
import { sweepQuery } from "../../api/queries";
import { commandSweep, queuePoint } from "../../api/sweepChanges";
import type { Run, Sweep } from "../../api/types";
import { runPath, sweepPath } from "../../app/routes";
import { plural } from "../../lib/format";
import { pointOf, reachedLimits } from "../../lib/runAgain";
import { ErrorNote } from "../ErrorNote";
import { mayRunAgain } from "./possible";
import { change } from "./RunDialog";
import styles from "./RunTasks.module.css";
import { TaskDialog } from "./TaskDialog";

const hasEnded = ({ state }: Sweep): boolean => state === "FINISHED" || state === "CANCELED";

/** Queues the points of some runs in their sweeps once more; sweeps that have ended are resumed. */
export function RunAgainDialog({ runs, close }: { runs: readonly Run[]; close: () => void }) {
  const again = runs.filter(mayRunAgain);
  const ids = [...new Set(again.map(({ sweep_id }) => sweep_id ?? ""))];
  const asked = useQueries({ queries: ids.map((id) => sweepQuery(id)) });
  const sweeps = asked.flatMap(({ data }) => data ?? []);
  const failed = asked.find(({ error, data }) => error !== null && data === undefined);
  const grids = new Set(sweeps.filter(({ method }) => method === "grid").map(({ id }) => id));
  const replaced = again.filter(({ sweep_id }) => grids.has(sweep_id ?? ""));
  const isOne = runs.length === 1;
  const act = async () => {
    const kept = await change("delete", replaced); // first, or the next agent would end a grid once more
    for (const { id } of sweeps.filter(hasEnded)) await commandSweep(id, "resume");
    return (
      <>
        {kept}
        <Queued runs={again} queued={await queueAll(again, sweeps)} />
      </>
    );
  };
  return (
    <TaskDialog
      title={`Run ${isOne ? runs[0]?.name : plural(again.length, "run")} again?`}
      name={sweeps.some(hasEnded) ? "Resume and run again" : "Run again"}
      danger={replaced.length > 0}
      disabled={again.length === 0 || sweeps.length < ids.length}
      act={act}
      close={close}
    >
      <p className={styles.text}>
        {again.length < runs.length &&
          `${runs.length - again.length} of ${runs.length} are left alone: runs that have not ended, and runs that no sweep handed out. `}
        A new run with the same parameters is queued{isOne ? "" : " for each"}. Agents take it before anything
        that the search suggests.
      </p>
      {replaced.length > 0 && (
        <p className={styles.text}>
          A grid has one run for each point, so{" "}
          {isOne ? "this one is" : `${plural(replaced.length, "run")} are`} deleted first. For seven days it
          can be brought back, where its new run is deleted.
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
  return (
    <>
      {hasEnded(sweep) && (
        <p className={styles.text}>
          Sweep {sweep.name} has ended ({sweep.state_reason}), so it is resumed, and may then start other runs
          too.
        </p>
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
          No agent works on {sweep.name} now: start one, and it begins with what is queued.
        </p>
      )}
    </>
  );
}

/** The new run of each, or why there is none. */
async function queueAll(runs: readonly Run[], sweeps: readonly Sweep[]): Promise<(Run | Error)[]> {
  const byId = new Map(sweeps.map((sweep) => [sweep.id, sweep]));
  const queued: (Run | Error)[] = [];
  for (const run of runs) {
    const sweep = byId.get(run.sweep_id ?? "");
    if (sweep === undefined) continue;
    queued.push(await queuePoint(sweep.id, pointOf(run, sweep)).catch((error: Error) => error));
  }
  return queued;
}

const MOST_NAMED = 5;

function Queued({ runs, queued }: { runs: readonly Run[]; queued: readonly (Run | Error)[] }) {
  const made = queued.filter((one) => !(one instanceof Error)) as Run[];
  return (
    <>
      {made.length > 0 && (
        <p className={styles.text}>
          Queued{" "}
          {made.length > MOST_NAMED
            ? plural(made.length, "run")
            : made.map((run, i) => (
                <span key={run.id}>
                  {i > 0 && ", "}
                  <Link href={runPath(run)}>{run.name}</Link>
                </span>
              ))}
          .
        </p>
      )}
      {made.length < queued.length && (
        <>
          <p>{plural(queued.length - made.length, "run")} could not be queued:</p>
          <ul className={styles.refused}>
            {queued.map(
              (one, i) =>
                one instanceof Error && (
                  <li key={runs[i]?.id}>
                    <strong>{runs[i]?.name}</strong> {one.message}
                  </li>
                ),
            )}
          </ul>
        </>
      )}
    </>
  );
}
