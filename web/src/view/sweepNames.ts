import type { Sweep } from "../api/types";
import type { Field } from "./fields";

/**
 * The fields with sweeps by their names, as people know them; of two with one name each has its id as well. The server
 * knows them by their ids, so it cannot be asked for them in these words.
 */
export function withSweepNames(
  fields: readonly Field[],
  sweeps: readonly Pick<Sweep, "id" | "name">[],
): readonly Field[] {
  const count = new Map<string, number>();
  for (const { name } of sweeps) count.set(name, (count.get(name) ?? 0) + 1);
  const names = new Map(sweeps.map(({ id, name }) => [id, count.get(name) === 1 ? name : `${name} (${id})`]));
  return fields.map((field): Field => {
    if (field.id !== "sweep") return field;
    return {
      ...field,
      key: null,
      read: ({ sweep_id }) => names.get(sweep_id ?? "") ?? sweep_id ?? undefined,
    };
  });
}
