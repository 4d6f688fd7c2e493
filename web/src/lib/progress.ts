import type { Run, RunState, Sweep } from "../api/types";
import { formatNumber } from "./format";

/** Ended because something broke. A run that somebody or early stopping ended is no failure. */
const BROKEN: readonly RunState[] = ["failed", "crashed"];
const STOPPED: readonly RunState[] = ["killed", "preempted"];
export const ENDED_BADLY: readonly RunState[] = [...BROKEN, ...STOPPED];
export const ACTIVE: readonly RunState[] = ["running", "preempting"];

const sum = (counts: Record<string, number>, states: readonly RunState[]): number =>
  states.reduce((total, state) => total + (counts[state] ?? 0), 0);

export interface Progress {
  finished: number;
  /** Ended by somebody or by early stopping, also where the program then came to a good end. */
  stopped: number;
  failed: number;
  running: number;
  pending: number;
  /** Runs that have ended, well or badly. */
  done: number;
  total: number;
  /** Runs that the sweep will make; null when they have no end. */
  expected: number | null;
  /** What else ends the sweep, and how much of it is used, in words. */
  limits: string[];
}

export function sweepProgress(
  sweep: Pick<Sweep, "runs_by_state" | "stopped_early" | "expected_runs" | "budget">,
): Progress {
  const counts = sweep.runs_by_state;
  const stoppedWell = sweep.stopped_early?.finished ?? 0;
  const finished = sum(counts, ["finished"]) - stoppedWell;
  const stopped = sum(counts, STOPPED) + stoppedWell;
  const failed = sum(counts, BROKEN);
  const done = finished + stopped + failed;
  const running = sum(counts, ACTIVE);
  const pending = sum(counts, ["pending"]);
  return {
    finished,
    stopped,
    failed,
    running,
    pending,
    done,
    total: done + running + pending,
    expected: sweep.expected_runs ?? null,
    limits: (sweep.budget ?? []).map(({ key, used, limit }) => limitWords(key, used, limit)),
  };
}

function limitWords(key: string, used: number, limit: number): string {
  const of = `${formatNumber(Math.round(used * 100) / 100)} of ${formatNumber(limit)}`;
  if (key === "no_improvement_in") return `${of} runs without a better one`;
  return key === "gpu_hours" ? `${of} GPU hours` : `${of} hours`;
}

/** From the first run's creation to the last sign of life (to `now` while the sweep is going); null without runs. */
export function elapsedSeconds(
  runs: readonly Pick<Run, "created" | "ended" | "heartbeat">[],
  going: boolean,
  now: number,
): number | null {
  if (runs.length === 0) return null;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const run of runs) {
    first = Math.min(first, run.created);
    last = Math.max(last, run.ended ?? run.heartbeat ?? run.created);
  }
  return Math.max(0, (going ? now : last) - first);
}

/** For how long no run was going between two that were: a sweep may have been paused for a night. */
export function idleSeconds(runs: readonly Pick<Run, "created" | "ended">[]): number {
  const byStart = runs.toSorted((a, b) => a.created - b.created);
  let idle = 0;
  let busyUntil = byStart[0]?.created ?? 0;
  for (const { created, ended } of byStart) {
    idle += Math.max(0, created - busyUntil);
    busyUntil = Math.max(busyUntil, ended ?? Number.POSITIVE_INFINITY);
  }
  return idle;
}

const ENOUGH_TO_JUDGE = 3;

/** Seconds until the last expected run, at the pace while runs were going; null where that would be a guess. */
export function remainingSeconds(progress: Progress, elapsed: number | null, idle: number): number | null {
  const { done, expected, running } = progress;
  if (expected === null || elapsed === null || running === 0) return null;
  if (done < ENOUGH_TO_JUDGE || done >= expected) return null;
  return (Math.max(0, elapsed - idle) / done) * (expected - done);
}
