/** What is chosen on the page, in the filter language of the server: for exports, bulk changes and importance. */
import type { Brush, Condition, Fields, Filter, Range, Wanted } from "./conditions";

export type ServerFilter = Record<string, unknown>;

/**
 * The same runs as `wanted` means, inside of every range.
 * @returns null where the server cannot be asked for them in words, so that they must be named one by one.
 */
export function serverFilter(
  { search, filter, brush }: Wanted & { brush: Brush },
  fields: Fields,
): ServerFilter | null {
  const parts: (ServerFilter | null)[] = [...brush].map(([id, range]) => rangeFilter(id, range, fields));
  if (search !== "") parts.push(null);
  if (filter.conditions.length > 0) parts.push(joined(filter, fields));
  if (parts.includes(null)) return null;
  return parts.length === 0 ? {} : { $and: parts };
}

function joined({ join, conditions }: Filter, fields: Fields): ServerFilter | null {
  const parts = conditions.map((condition) => conditionFilter(condition, fields));
  return parts.includes(null) ? null : { [join === "and" ? "$and" : "$or"]: parts };
}

function rangeFilter(id: string, range: Range, fields: Fields): ServerFilter | null {
  const field = fields.get(id);
  // The metric is each run's best value, which is not always what its summary holds; categories are chosen as shown.
  if (field?.key == null || id === "metric" || "among" in range) return null;
  const from = range.from === Number.NEGATIVE_INFINITY ? {} : { $gte: range.from };
  const to = range.to === Number.POSITIVE_INFINITY ? {} : { $lte: range.to };
  // Both ends open: any number, but runs without one are not meant.
  const ends = { ...from, ...to };
  return { [field.key]: Object.keys(ends).length > 0 ? ends : { $gte: -Number.MAX_VALUE } };
}

const WORDS = { "=": "$eq", "!=": "$ne", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte" } as const;

function conditionFilter({ field: id, operator, value }: Condition, fields: Fields): ServerFilter | null {
  const key = fields.get(id)?.key;
  // Lists, such as the sizes of layers, the server compares with nothing.
  if (key == null || id === "metric" || [value].flat().some(Array.isArray)) return null;
  if (Array.isArray(value) && operator !== "in" && operator !== "not in") return null;
  if (operator === "exists") return { [key]: { $exists: value !== false } };
  if (operator === "in") return { [key]: { $in: value } };
  if (operator === "not in") return { [key]: { $nin: value } };
  return { [key]: { [WORDS[operator]]: value } };
}
