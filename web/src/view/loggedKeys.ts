import type { Field } from "./fields";

const SUMMARY = "summary:";

/** The numbers that the runs log, by name. */
export const loggedKeys = (fields: readonly Field[]): string[] =>
  fields
    .filter(({ id, kind }) => id.startsWith(SUMMARY) && kind === "number")
    .map(({ id }) => id.slice(SUMMARY.length))
    .sort();
