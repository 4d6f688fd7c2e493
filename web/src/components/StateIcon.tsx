import type { Run, RunState, SweepState } from "../api/types";
import styles from "./StateIcon.module.css";

export type AnyState = RunState | SweepState | "queued" | "stopped";

/**
 * A run's state as people read it: one that waits for an agent is queued, one that an agent has is pending, and one
 * that early stopping killed was stopped early.
 */
export function stateOf(run: Pick<Run, "state" | "agent_id" | "stopped">): AnyState {
  if (run.state === "pending" && run.agent_id === null) return "queued";
  return run.state === "killed" && run.stopped != null ? "stopped" : run.state;
}

interface Look {
  word: string;
  tone: "running" | "good" | "bad" | "warn" | "idle";
  shape:
    | "ring"
    | "pulse"
    | "check"
    | "cross"
    | "bang"
    | "square"
    | "bars"
    | "dashed"
    | "dashedDot"
    | "list"
    | "barred";
}

/** Each state has its own shape and word, so that colour is never needed to tell them apart. */
export const STATES: Record<AnyState, Look> = {
  PENDING: { word: "Pending", tone: "idle", shape: "ring" },
  RUNNING: { word: "Running", tone: "running", shape: "pulse" },
  PAUSED: { word: "Paused", tone: "warn", shape: "bars" },
  FINISHED: { word: "Finished", tone: "good", shape: "check" },
  CANCELED: { word: "Canceled", tone: "idle", shape: "cross" },
  queued: { word: "Queued", tone: "idle", shape: "list" },
  pending: { word: "Pending", tone: "idle", shape: "ring" },
  running: { word: "Running", tone: "running", shape: "pulse" },
  finished: { word: "Finished", tone: "good", shape: "check" },
  failed: { word: "Failed", tone: "bad", shape: "cross" },
  crashed: { word: "Crashed", tone: "bad", shape: "bang" },
  killed: { word: "Killed", tone: "idle", shape: "square" },
  stopped: { word: "Stopped early", tone: "idle", shape: "barred" },
  preempting: { word: "Preempting", tone: "warn", shape: "dashedDot" },
  preempted: { word: "Preempted", tone: "warn", shape: "dashed" },
};

const SHAPES: Record<Look["shape"], React.ReactNode> = {
  ring: <circle cx="7" cy="7" r="4.5" />,
  pulse: (
    <>
      <circle cx="7" cy="7" r="5.5" className={styles.halo} />
      <circle cx="7" cy="7" r="3" fill="currentColor" stroke="none" />
    </>
  ),
  check: <path d="m2.8 7.4 2.9 2.9 5.5-6.4" />,
  cross: <path d="m3.4 3.4 7.2 7.2m0-7.2-7.2 7.2" />,
  bang: <path d="M7 1.8 13 12H1zM7 5.6v2.8m0 1.6v.1" strokeWidth="1.4" />,
  square: <rect x="3" y="3" width="8" height="8" rx="1" fill="currentColor" stroke="none" />,
  bars: <path d="M4.8 3v8m4.4-8v8" strokeWidth="2.2" />,
  dashed: <circle cx="7" cy="7" r="4.8" strokeDasharray="2.6 2.4" />,
  barred: <path d="M1.8 7h6.4M5.6 4.2 8.4 7 5.6 9.8M11.6 3v8" />,
  list: <path d="M2.5 3.5h9m-9 3.5h9m-9 3.5h5" />,
  dashedDot: (
    <>
      <circle cx="7" cy="7" r="5.2" strokeDasharray="2.6 2.8" strokeWidth="1.5" />
      <circle cx="7" cy="7" r="2" fill="currentColor" stroke="none" />
    </>
  ),
};

export function StateIcon({ state }: { state: AnyState }) {
  const { tone, shape } = STATES[state];
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={styles[tone]}
      aria-hidden="true"
    >
      {SHAPES[shape]}
    </svg>
  );
}

export function StatePill({ state }: { state: AnyState }) {
  const { word, tone } = STATES[state];
  return (
    <span className={`${styles.pill} ${styles[tone]}`}>
      <StateIcon state={state} />
      {word}
    </span>
  );
}

/** As in a table: icon and word, no frame. */
export function StateWord({ state }: { state: AnyState }) {
  return (
    <span className={styles.plain}>
      <StateIcon state={state} />
      {STATES[state].word}
    </span>
  );
}
