/** The order of the runs in the table, in the address and in fact. Pure. */
import type { Run } from "../../api/types";
import type { Goal } from "../../lib/bestSoFar";
import { compareValues } from "../../lib/compare";
import type { Field } from "../../view/fields";

export interface Sorting {
  /** Id of a field. */
  id: string;
  descending: boolean;
}

/** Reads `-created` or `+param:lr` from the address. Without one: the best run first, or the newest. */
export function parseSorting(text: string | null, goal: Goal | null): Sorting | null {
  if (text === "none") return null;
  const id = text?.slice(1) ?? "";
  if (id !== "") return { id, descending: text?.startsWith("-") ?? false };
  return goal === null
    ? { id: "created", descending: true }
    : { id: "metric", descending: goal === "maximize" };
}

export const formatSorting = (sorting: Sorting | null): string =>
  sorting === null ? "none" : `${sorting.descending ? "-" : "+"}${sorting.id}`;

/** What a click on a column's name does: its natural order, then the other one, then none. */
export function nextSorting(sorting: Sorting | null, field: Field, goal: Goal | null): Sorting | null {
  const first = descendsFirst(field, goal);
  if (sorting?.id !== field.id) return { id: field.id, descending: first };
  return sorting.descending === first ? { id: field.id, descending: !first } : null;
}

/** The best, the longest and the latest come first. */
const descendsFirst = ({ id, kind }: Field, goal: Goal | null): boolean =>
  id === "metric"
    ? goal === "maximize"
    : kind === "time" || kind === "duration" || id === "steps" || id.startsWith("summary:");

/** Runs without a value stay last whichever way, before them those whose value is not a number. */
export function sortRuns(runs: readonly Run[], field: Field, descending: boolean): Run[] {
  const there: { run: Run; value: unknown }[] = [];
  const odd: Run[] = [];
  const missing: Run[] = [];
  for (const run of runs) {
    const value = field.read(run);
    if (value === undefined || value === null) missing.push(run);
    else if (value === "NaN" && field.kind === "number") odd.push(run);
    else there.push({ run, value });
  }
  const sign = descending ? -1 : 1;
  there.sort((a, b) => sign * compareValues(a.value, b.value));
  return [...there.map(({ run }) => run), ...odd, ...missing];
}
