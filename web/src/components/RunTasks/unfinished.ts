import type { Run } from "../../api/types";

/** Whether it can still be stopped. */
export const isUnfinished = ({ state }: Run): boolean =>
  state === "pending" || state === "running" || state === "preempting" || state === "preempted";
