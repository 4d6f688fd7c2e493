/** A filter of the server's language in words, as the table words its conditions: `lr < 0.1 and optimizer is one of adam, sgd`. Pure. */
import { conditionWords } from "../../components/RunsBar/words";
import type { Operator } from "../../view/conditions";
import type { Field } from "../../view/fields";

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["$eq", "="],
  ["$ne", "!="],
  ["$lt", "<"],
  ["$lte", "<="],
  ["$gt", ">"],
  ["$gte", ">="],
  ["$in", "in"],
  ["$nin", "not in"],
  ["$exists", "exists"],
]);
const JOINS: ReadonlyMap<string, string> = new Map([
  ["$and", " and "],
  ["$or", " or "],
  ["$nor", " or "],
]);

type Names = ReadonlyMap<string, Field>;

/** `fields`: what the runs have, by whose names its keys are called. */
export function filterWords(filter: unknown, fields: readonly Field[]): string {
  const names = new Map(fields.map((field) => [field.key ?? field.id, field]));
  return words(filter, names) || "anything holds";
}

function words(filter: unknown, names: Names): string {
  return joined(
    members(filter).map(([key, value]) => {
      const join = JOINS.get(key);
      if (join === undefined) return keyWords(key, value, names);
      const parts = [value].flat().map((part) => words(part, names));
      return key === "$nor" ? `not (${joined(parts, join)})` : joined(parts, join);
    }),
  );
}

/** What is said of one key: a value that it has, or operators and what they compare with. */
function keyWords(key: string, said: unknown, names: Names): string {
  const field = names.get(key);
  const id = key.replace(/^(config|summary_metrics)\./, "");
  const operators = members(said);
  if (operators.length === 0 || !operators.every(([operator]) => operator.startsWith("$")))
    return conditionWords({ field: id, operator: "=", value: said }, field);
  return joined(
    operators.map(([name, value]) => {
      if (name === "$not") return `not (${keyWords(key, value, names)})`;
      const operator = OPERATORS.get(name);
      if (operator !== undefined) return conditionWords({ field: id, operator, value }, field);
      return `${field?.label ?? id} ${name === "$regex" ? "matches" : name} ${value}`;
    }),
  );
}

/** Parts of several words that are joined otherwise stand in brackets. */
function joined(parts: readonly string[], join = " and "): string {
  const said = parts.filter((part) => part !== "");
  const other = join === " and " ? " or " : " and ";
  return said.map((part) => (said.length > 1 && part.includes(other) ? `(${part})` : part)).join(join);
}

const members = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
