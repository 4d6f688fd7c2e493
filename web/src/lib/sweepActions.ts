import type { SweepAction, SweepState } from "../api/types";
import { plural } from "./format";

const POSSIBLE: Record<SweepState, SweepAction[]> = {
  PENDING: ["pause", "stop", "cancel"],
  RUNNING: ["pause", "stop", "cancel"],
  PAUSED: ["resume", "stop", "cancel"],
  FINISHED: ["resume"],
  CANCELED: ["resume"],
};

export const possibleActions = (state: SweepState): SweepAction[] => POSSIBLE[state];

export const ACTION_NAMES: Record<SweepAction, string> = {
  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  cancel: "Cancel",
};

/** What an action will do, said before it is done. `running`: runs that are running now; `reached`: limits that keep new ones away. */
export function consequence(action: SweepAction, running: number, reached: readonly string[] = []): string {
  const runs = plural(running, "running run");
  switch (action) {
    case "pause":
      return running > 0
        ? `No new runs start. The ${runs} ${running === 1 ? "goes" : "go"} on to the end; agents stay and wait.`
        : "No new runs start; agents stay and wait.";
    case "resume":
      return reached.length > 0
        ? `It has reached ${reached.join(" and ")}: raise that in its configuration, else no new run starts.`
        : "New runs start again. Agents that wait go on; agents that have exited must be started again.";
    case "stop":
      return running > 0
        ? `The sweep ends. No new runs start, the ${runs} ${running === 1 ? "goes" : "go"} on to the end, then agents exit.`
        : "The sweep ends. No new runs start and agents exit.";
    case "cancel":
      return running > 0
        ? `The sweep ends at once. The ${runs} ${running === 1 ? "is" : "are"} killed without a chance to clean up, and agents exit.`
        : "The sweep ends at once and agents exit.";
  }
}
