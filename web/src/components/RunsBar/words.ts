/** What is chosen of the runs, in words. Pure. */
import { formatDuration, formatNumber, formatTime, formatValue } from "../../lib/format";
import type { Condition, Range } from "../../view/conditions";
import type { Field } from "../../view/fields";
import { OPERATOR_NAMES } from "./drafts";

function valueWords(value: unknown, field: Field | undefined): string {
  if (typeof value === "number" && field?.kind === "time") return formatTime(value);
  if (typeof value === "number" && field?.kind === "duration") return formatDuration(value);
  return formatValue(value);
}

export function conditionWords({ field: id, operator, value }: Condition, field: Field | undefined): string {
  const name = field?.label ?? id;
  if (operator === "exists") return value === false ? `${name} is missing` : `${name} exists`;
  const values = operator === "in" || operator === "not in" ? [value].flat() : [value];
  const words = values.map((one) => valueWords(one, field));
  return `${name} ${OPERATOR_NAMES[operator]} ${words.join(", ")}`;
}

export function rangeWords(range: Range, field: Field | undefined, id: string): string {
  const name = field?.label ?? id;
  if ("among" in range) return `${name} is ${range.among.join(" or ")}`;
  const words = (end: number) => (field?.kind === "number" ? formatNumber(end, 3) : valueWords(end, field));
  const [hasFrom, hasTo] = [Number.isFinite(range.from), Number.isFinite(range.to)];
  if (!hasFrom) return hasTo ? `${name} up to ${words(range.to)}` : `${name} of any size`;
  return hasTo ? `${name} ${words(range.from)} to ${words(range.to)}` : `${name} from ${words(range.from)}`;
}
