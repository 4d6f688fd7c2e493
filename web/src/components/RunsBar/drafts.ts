/** Conditions while they are written: as text, and perhaps not whole yet. Pure. */
import type { Run } from "../../api/types";
import { formatValue } from "../../lib/format";
import { localIso } from "../../lib/iso";
import type { Condition, Operator } from "../../view/conditions";
import type { Field } from "../../view/fields";

export interface Draft {
  /** Id of a field. */
  field: string;
  operator: Operator;
  text: string;
}

export const OPERATOR_NAMES: Record<Operator, string> = {
  "=": "=",
  "!=": "≠",
  "<": "<",
  "<=": "≤",
  ">": ">",
  ">=": "≥",
  in: "is one of",
  "not in": "is none of",
  exists: "exists",
};

const ANY: readonly Operator[] = ["=", "!=", "in", "not in", "exists"];
const ORDERED: readonly Operator[] = ["=", "!=", "<", "<=", ">", ">=", "in", "not in", "exists"];

export const operatorsFor = ({ kind }: Field): readonly Operator[] => (kind === "category" ? ANY : ORDERED);

/** Values that runs have in a field by how they are shown, the most frequent first. Each tag counts by itself. */
export function knownValues(field: Field, runs: readonly Run[]): ReadonlyMap<string, unknown> {
  const counts = new Map<string, { value: unknown; count: number }>();
  for (const run of runs) {
    const read = field.read(run);
    for (const value of field.id === "tags" ? [read].flat() : [read]) {
      if (value === undefined || value === null) continue;
      const text = formatValue(value);
      const known = counts.get(text);
      if (known === undefined) counts.set(text, { value, count: 1 });
      else known.count += 1;
    }
  }
  const sorted = [...counts].sort(([, a], [, b]) => b.count - a.count);
  return new Map(sorted.map(([text, { value }]) => [text, value]));
}

type Known = ReadonlyMap<string, unknown>;

/** A list of values as it is written, parted at its commas; values that are known may have some themselves: [64,32]. */
export function partsOf(text: string, known: Known): string[] {
  const pieces = text.split(",");
  const parts: string[] = [];
  for (let from = 0; from < pieces.length; ) {
    let to = pieces.length;
    const part = () => pieces.slice(from, to).join(",").trim();
    while (to > from + 1 && !known.has(part())) to -= 1;
    parts.push(part());
    from = to;
  }
  return parts;
}

/** What a draft means; null while something is missing. `known`: values of the field, whose text means themselves. */
export function conditionOf(draft: Draft, field: Field | undefined, known: Known): Condition | null {
  const { operator, text } = draft;
  if (field === undefined || (text.trim() === "" && operator !== "exists")) return null;
  const one = (word: string): unknown => {
    if (known.has(word)) return known.get(word);
    if (field.kind === "time") return Date.parse(word) / 1000;
    const number = Number(word.replace("−", "-"));
    return Number.isNaN(number) ? word : number;
  };
  const whole = text.trim();
  if (operator === "exists") return { field: field.id, operator, value: whole !== "no" };
  if (operator !== "in" && operator !== "not in") return { field: field.id, operator, value: one(whole) };
  const words = partsOf(whole, known).filter((word) => word !== "");
  return { field: field.id, operator, value: words.map(one) };
}

/** The draft that a condition was made of. */
export function draftOf({ field, operator, value }: Condition, kind: Field["kind"] | undefined): Draft {
  const word = (one: unknown): string => {
    if (kind === "time" && typeof one === "number") return localIso(one, 16);
    return typeof one === "number" ? String(one) : formatValue(one);
  };
  if (operator === "exists") return { field, operator, text: value === false ? "no" : "yes" };
  const values = operator === "in" || operator === "not in" ? [value].flat() : [value];
  return { field, operator, text: values.map(word).join(", ") };
}
