import type { Run } from "../api/types";
import type { Field } from "./fields";

/** What runs refer to by its id. */
interface Named {
  id: string;
  name: string;
}

/** Names by their ids; those that have one name have their ids as well. Pure. */
export function namesApart(named: readonly Named[]): ReadonlyMap<string, string> {
  const count = new Map<string, number>();
  for (const { name } of named) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(named.map(({ id, name }) => [id, count.get(name) === 1 ? name : `${name} (${id})`]));
}

/** The fields with sweeps by their names, as people know them. */
export const withSweepNames = (fields: readonly Field[], sweeps: readonly Named[]): readonly Field[] =>
  withNames(fields, "sweep", sweeps, ({ sweep_id }) => sweep_id);

/** The same with agents. */
export const withAgentNames = (fields: readonly Field[], agents: readonly Named[]): readonly Field[] =>
  withNames(fields, "agent", agents, ({ agent_id }) => agent_id);

/** The same where runs have names of the reader's own, which the server does not know. */
export const withOwnNames = (fields: readonly Field[]): readonly Field[] =>
  fields.map((field) => (field.id === "name" ? { ...field, key: null } : field));

/**
 * Of two with one name each has its id as well. The server knows them by their ids, so it cannot be asked for them in
 * these words.
 */
function withNames(
  fields: readonly Field[],
  id: string,
  named: readonly Named[],
  idOf: (run: Run) => string | null,
): readonly Field[] {
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const apart = namesApart(named);
  const read = (run: Run) => apart.get(idOf(run) ?? "") ?? idOf(run) ?? undefined;
  const aliases = (run: Run) => [read(run) ?? [], idOf(run) ?? [], names.get(idOf(run) ?? "") ?? []].flat();
  return fields.map((field) => (field.id === id ? { ...field, key: null, read, aliases } : field));
}
