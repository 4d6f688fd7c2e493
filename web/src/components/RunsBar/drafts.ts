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

const MOST = 100;

/** Values that runs have in a field, the most frequent first. */
export function knownValues(field: Field, runs: readonly Run[]): unknown[] {
  const counts = new Map<string, { value: unknown; count: number }>();
  for (const run of runs) {
    for (const value of [field.read(run)].flat()) {
      if (value === undefined || value === null) continue;
      const text = formatValue(value);
      const known = counts.get(text);
      if (known === undefined) counts.set(text, { value, count: 1 });
      else known.count += 1;
    }
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST)
    .map(({ value }) => value);
}

/** What a draft means; null while something is missing. `known`: values of the field, whose text means themselves. */
export function conditionOf(
  draft: Draft,
  field: Field | undefined,
  known: readonly unknown[],
): Condition | null {
  const { operator, text } = draft;
  if (field === undefined || (text.trim() === "" && operator !== "exists")) return null;
  const one = (word: string): unknown => {
    const same = known.find((value) => formatValue(value) === word);
    if (same !== undefined) return same;
    if (field.kind === "time") return Date.parse(word) / 1000;
    const number = Number(word.replace("−", "-"));
    return Number.isNaN(number) ? word : number;
  };
  const whole = text.trim();
  if (operator === "exists") return { field: field.id, operator, value: whole !== "no" };
  if (operator !== "in" && operator !== "not in") return { field: field.id, operator, value: one(whole) };
  const words = whole.split(",").map((word) => word.trim());
  return { field: field.id, operator, value: words.filter((word) => word !== "").map(one) };
}

/** The draft that a condition was made of. */
export function draftOf({ field, operator, value }: Condition, kind: Field["kind"] | undefined): Draft {
  const word = (one: unknown): string => {
    if (kind === "time" && typeof one === "number") return localIso(one, 16);
    return typeof one === "number" ? String(one) : formatValue(one);
  };
  if (operator === "exists") return { field, operator, text: value === false ? "no" : "yes" };
  return { field, operator, text: [value].flat().map(word).join(", ") };
}
