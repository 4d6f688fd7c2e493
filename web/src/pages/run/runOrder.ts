/** The runs in the order of the table that an address speaks of. Pure. */
import type { MetricGoal, Run } from "../../api/types";
import { groupRows, isGroup } from "../../components/RunsTable/groups";
import { parseSorting, sortRuns } from "../../components/RunsTable/sorting";
import { parseBrush, parseFilter } from "../../view/address";
import { wanted } from "../../view/conditions";
import type { Field } from "../../view/fields";
import { insideOf, marked } from "../../view/marks";

const ALL_OPEN = { has: () => true };

/** Ids of the runs that the table lists, from the top; all groups count as open. */
export function runOrder(
  runs: readonly Run[],
  fields: readonly Field[],
  goal: MetricGoal["goal"] | null,
  search: URLSearchParams,
): string[] {
  const byId = new Map(fields.map((field) => [field.id, field]));
  const filter = parseFilter(search.get("filter"));
  const matched = runs.filter(wanted({ search: search.get("q") ?? "", filter }, byId));
  const shown = marked(matched, insideOf(parseBrush(search.get("brush")), matched, byId));
  const sorting = parseSorting(search.get("sort"), goal);
  const field = sorting === null ? undefined : byId.get(sorting.id);
  const sorted = sorting === null || field === undefined ? shown : sortRuns(shown, field, sorting.descending);
  const groups = search.getAll("group").flatMap((id) => byId.get(id) ?? []);
  return groupRows(sorted, groups, ALL_OPEN).flatMap((row) => (isGroup(row) ? [] : row.run.id));
}
