/** How far sweeps had come after so many runs, and after so much time. */
import type { MetricGoal, Run } from "../../api/types";
import type { Line } from "../../charts/curves";
import { bestSoFar } from "../../lib/bestSoFar";

export type Measured = Pick<Run, "best" | "created" | "ended" | "heartbeat">;

export interface ProgressOfSweep {
  byRuns: Line;
  byTime: Line;
}

/** `color`: of both lines. Runs count when they end; one that goes on counts with what it has, at its last sign of life. */
export function progressLines(
  id: string,
  runs: readonly Measured[],
  goal: MetricGoal["goal"],
  color: string,
): ProgressOfSweep {
  const timed = runs
    .map((run) => ({ best: run.best, at: run.ended ?? run.heartbeat ?? run.created }))
    .sort((a, b) => a.at - b.at);
  const start = runs.reduce((least, { created }) => Math.min(least, created), Number.POSITIVE_INFINITY);
  const best = bestSoFar(
    timed.map((run) => run.best),
    goal,
  );
  const stairs = (placeOf: (index: number) => number): Line => {
    const steps: number[] = [];
    const values: (number | null)[] = [];
    for (const [i, value] of best.entries()) {
      const before = best[i - 1];
      // A best value holds until the next one.
      if (before !== undefined && before !== null && before !== value) {
        steps.push(placeOf(i));
        values.push(before);
      }
      steps.push(placeOf(i));
      values.push(value);
    }
    return { runId: id, emphasis: "normal", color, steps, values };
  };
  return {
    byRuns: stairs((i) => i + 1),
    byTime: stairs((i) => (timed[i]?.at ?? start) - start),
  };
}
