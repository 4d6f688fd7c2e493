/** Runs as comma-separated values, as the table shows them: same runs, same order. Pure. */
import type { Run } from "../../api/types";
import { csv } from "../../lib/csv";
import { iso } from "../../lib/iso";
import type { Field } from "../../view/fields";
import { realName } from "../../view/ownNames";

const HEADS: Partial<Record<Field["part"], string>> = {
  Summary: "summary.",
  Configuration: "config.",
  Parameter: "config.",
};

/** Times are ISO 8601 in UTC, durations seconds; nested values are JSON. The ID comes last unless it is a column. */
export function runsAsCsv(runs: readonly Run[], fields: readonly Field[]): string {
  const identified = fields.some(({ id }) => id === "id");
  const heads = fields.map(headOf);
  const rows = runs.map((run) => [
    ...fields.map((field) => cellOf(field, field.id === "name" ? realName(run) : field.read(run))),
    ...(identified ? [] : [run.id]),
  ]);
  return csv([identified ? heads : [...heads, "id"], ...rows]);
}

/** As the server's own export and filters call it. */
function headOf({ id, label, part }: Field): string {
  const prefix = HEADS[part];
  if (prefix !== undefined) return prefix + id.slice(id.indexOf(":") + 1);
  return part === "Run" || part === "Extreme" ? id : label;
}

function cellOf({ kind }: Field, value: unknown) {
  if (value === undefined || value === null) return null;
  if (kind === "time" && typeof value === "number") return iso(value) ?? value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(" ");
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}
