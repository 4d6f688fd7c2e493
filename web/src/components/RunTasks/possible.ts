import type { Run } from "../../api/types";

/** Whether it can still be stopped. */
export const isUnfinished = ({ state }: Run): boolean =>
  state === "pending" || state === "running" || state === "preempting" || state === "preempted";

/** Whether its sweep handed it out, and it is over: what still runs need not be run again. */
export const mayRunAgain = ({ sweep_id, params, ended }: Run): boolean =>
  sweep_id !== null && params !== null && ended !== null;
