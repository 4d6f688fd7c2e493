import { Suspense, useMemo, useState } from "react";
import { Link } from "wouter";
import type { Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { CopyCommand } from "../../components/CopyCommand";
import { Markdown } from "../../components/Markdown";
import { PageHeader, Remark } from "../../components/PageHeader";
import { RunName } from "../../components/RunName";
import { StatePill } from "../../components/StateIcon";
import { PenIcon } from "../../components/signs";
import { Ago } from "../../components/Time";
import { useClock } from "../../lib/clock";
import { formatCount, formatDuration, formatNumber, formatParam, formatRoughly } from "../../lib/format";
import { lazy } from "../../lib/lazy";
import { hasLogged, paramOf, searchedParams } from "../../lib/params";
import { elapsedSeconds, idleSeconds, remainingSeconds, sweepProgress } from "../../lib/progress";
import { useMayWrite } from "../../view/MayWrite";
import { AgentKey } from "./AgentKey";
import { agentCommand } from "./agentCommand";
import { ShareSweep } from "./ShareSweep";
import { SweepControls } from "./SweepControls";
import styles from "./SweepHeader.module.css";
import { SweepProgress } from "./SweepProgress";

const SweepNameDialog = lazy(() => import("./SweepNameDialog"));

interface Props {
  sweep: Sweep;
  runs: readonly Run[];
  /** Whether these are all: what follows from them together is not said before. */
  complete: boolean;
}

/** The sweep in ten seconds: what it is, how it is, how far it is, how good it is, how to help it. */
export function SweepHeader({ sweep, runs, complete }: Props) {
  const mayWrite = useMayWrite();
  const [naming, setNaming] = useState(false);
  // Runs that only go on change nothing here.
  const actions = useMemo(
    () =>
      mayWrite && (
        <>
          <SweepControls sweep={sweep} />
          <ShareSweep sweep={sweep} />
        </>
      ),
    [mayWrite, sweep],
  );
  const command = useMemo(
    () =>
      mayWrite && (
        <div className={styles.command}>
          <div className={styles.commandHead}>
            <p className={styles.label}>{invitation(sweep)}</p>
            <AgentKey sweep={sweep} />
          </div>
          <CopyCommand command={agentCommand(sweep)} />
        </div>
      ),
    [mayWrite, sweep],
  );
  return (
    <PageHeader
      name={sweep.name}
      edit={
        mayWrite && (
          <Button look="ghost" aria-label="Edit name and notes" onClick={() => setNaming(true)}>
            <PenIcon />
          </Button>
        )
      }
      beside={
        <>
          <StatePill state={sweep.state} />
          <Remark>{isNews(sweep) && sweep.state_reason}</Remark>
        </>
      }
      actions={actions}
    >
      <Suspense>{naming && <SweepNameDialog sweep={sweep} close={() => setNaming(false)} />}</Suspense>
      {sweep.description && (
        <section className={styles.notes} aria-label="Notes">
          <Markdown text={sweep.description} />
        </section>
      )}
      <div className={styles.panel}>
        <div className={styles.progress}>
          <SweepProgress
            progress={sweepProgress(sweep)}
            going={sweep.state === "PENDING" || sweep.state === "RUNNING"}
          />
        </div>
        <Best {...{ sweep, runs, complete }} />
        <dl className={styles.facts}>
          <Times {...{ sweep, runs, complete }} />
          <Fact name="Compute time">{formatDuration(sweep.compute_seconds)}</Fact>
          <Fact name="Method">{sweep.method}</Fact>
          <Fact name="Agents alive">{formatCount(sweep.agent_count)}</Fact>
          {sweep.controller && <Fact name="Controller">{sweep.controller}</Fact>}
          <Fact name="Created">
            <Ago time={sweep.created} /> by {sweep.creator}
          </Fact>
        </dl>
        {command}
      </div>
    </PageHeader>
  );
}

/** Whether its state's reason says more than the state does: that it runs since its first run does not. */
const isNews = ({ state, state_reason }: Sweep): boolean =>
  state !== "RUNNING" || !state_reason.startsWith("its first run");

function invitation({ state, agent_count }: Sweep): string {
  const open = state === "PENDING" || state === "RUNNING" || state === "PAUSED";
  if (!open) return "To start an agent once it is resumed:";
  return agent_count === 0 ? "No agent is alive. Start one where your program is:" : "Start another agent:";
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Times({ sweep, runs, complete }: Props) {
  const going = sweep.state === "RUNNING";
  const elapsed = useClock((now) => (complete ? elapsedSeconds(runs, going, Math.floor(now)) : null));
  const idle = useMemo(() => idleSeconds(runs), [runs]);
  const left = going ? remainingSeconds(sweepProgress(sweep), elapsed, idle) : null;
  return (
    <>
      <Fact name="Elapsed">{elapsed === null ? "–" : formatDuration(elapsed)}</Fact>
      <Fact name="To go">{left === null ? "–" : `about ${formatRoughly(left)}`}</Fact>
    </>
  );
}

const PARAMS_SHOWN = 6;

function Best({ sweep, runs, complete }: Props) {
  const { best, metric } = sweep;
  if (metric === null) {
    return (
      <section className={styles.best} aria-label="Best run">
        <p className={styles.label}>Best run</p>
        <p className={styles.soft}>The configuration names no metric: no run is better than another.</p>
      </section>
    );
  }
  const goal = `${metric.goal} ${metric.name}`;
  if (best === null) {
    return (
      <section className={styles.best} aria-label="Best run">
        <p className={styles.label}>Best run: {goal}</p>
        <p className={styles.soft}>
          {(sweep.runs_by_state.finished ?? 0) === 0 || !complete
            ? "No value yet"
            : hasLogged(runs, metric.name)
              ? `No run has logged a finite ${metric.name}, so the search learns nothing.`
              : `No finished run has logged ${metric.name}, so the search learns nothing. Log it under exactly this name.`}
        </p>
      </section>
    );
  }
  const run = runs.find(({ id }) => id === best.id);
  const params =
    run === undefined ? [] : searchedParams(sweep, [run]).filter((name) => paramOf(run, name) !== undefined);
  return (
    <section className={styles.best} aria-label="Best run">
      <p className={styles.label}>Best run: {goal}</p>
      <p className={styles.value}>
        <strong>{formatNumber(best.value)}</strong>
        <Link href={runPath({ ...sweep, id: best.id })}>
          <RunName of={{ ...sweep, ...best }} />
        </Link>
      </p>
      <ul className={styles.params}>
        {params.slice(0, PARAMS_SHOWN).map((name) => {
          const value = run === undefined ? undefined : paramOf(run, name);
          return (
            <li key={name} title={`${name} = ${formatParam(value, 12)}`}>
              <span>{name}</span> {formatParam(value)}
            </li>
          );
        })}
        {params.length > PARAMS_SHOWN && <li>{params.length - PARAMS_SHOWN} more</li>}
      </ul>
    </section>
  );
}
