/** Which runs are meant: conditions on fields, ranges along axes, words in names. Pure; also as the server's filter. */
import type { Run } from "../api/types";
import { compareValues } from "../lib/compare";
import { formatValue, toNumber } from "../lib/format";
import type { Field } from "./fields";
import { namesOf } from "./ownNames";

export const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "in", "not in", "exists"] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  /** Id of a field. */
  field: string;
  operator: Operator;
  /** A list for `in` and `not in`; true or false for `exists`. */
  value: unknown;
}

export interface Filter {
  join: "and" | "or";
  conditions: readonly Condition[];
}

export const NO_FILTER: Filter = { join: "and", conditions: [] };

/** A range of numbers, both ends in it, an open end infinite; or some values of a category as they are shown. */
export type Range = { from: number; to: number } | { among: readonly string[] };

/** Ranges by the id of their field. */
export type Brush = ReadonlyMap<string, Range>;

export interface Wanted {
  /** A regular expression for names, heedless of case; what is none counts as plain words. */
  search: string;
  filter: Filter;
}

export type Fields = ReadonlyMap<string, Field>;

export function searchPattern(search: string): RegExp | null {
  if (search === "") return null;
  try {
    return new RegExp(search, "i");
  } catch {
    return new RegExp(search.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
  }
}

/** Whether a run is meant, as a function so that what is the same for all runs is worked out once. Ranges: see `marks`. */
export function wanted({ search, filter }: Wanted, fields: Fields): (run: Run) => boolean {
  const pattern = searchPattern(search);
  const tests = filter.conditions.map((condition) => testOf(condition, fields));
  return (run) =>
    (pattern === null || namesOf(run).some((name) => pattern.test(name))) &&
    (tests.length === 0 ||
      (filter.join === "and" ? tests.every((test) => test(run)) : tests.some((test) => test(run))));
}

const never = () => false;

function testOf({ field: id, operator, value }: Condition, fields: Fields): (run: Run) => boolean {
  const field = fields.get(id);
  if (field === undefined) return never;
  const { read, aliases: mine = read } = field;
  const there = (run: Run) => read(run) !== undefined && read(run) !== null;
  switch (operator) {
    case "exists":
      return (run) => there(run) === (value !== false);
    case "=":
      return (run) => equal(mine(run), value);
    case "!=":
      return (run) => !equal(mine(run), value);
    case "in":
      return (run) => listOf(value).some((one) => equal(mine(run), one));
    case "not in":
      return (run) => !listOf(value).some((one) => equal(mine(run), one));
    default:
      return (run) => comparable(read(run), value) && inOrder(compareValues(read(run), value), operator);
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A list of a run (its tags) is meant by each of its members. */
function equal(mine: unknown, value: unknown): boolean {
  if (Array.isArray(mine) && !Array.isArray(value)) return mine.some((one) => equal(one, value));
  if (mine === undefined || mine === null) return value === undefined || value === null;
  if (typeof mine === "number" || typeof value === "number") return toNumber(mine) === toNumber(value);
  return formatValue(mine) === formatValue(value);
}

/** As on the server, numbers are larger or smaller than numbers only, and text than text; NaN than nothing. */
function comparable(mine: unknown, value: unknown): boolean {
  const numbers = [toNumber(mine), toNumber(value)];
  if (numbers.every((number) => number === null))
    return typeof mine === typeof value && typeof mine === "string";
  return numbers.every((number) => number !== null && !Number.isNaN(number));
}

function inOrder(order: number, operator: "<" | "<=" | ">" | ">="): boolean {
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}
