/** What can be said of a run in one word or number: the columns of the table, the axes of charts, the names in filters. */
import type { MetricGoal, Run } from "../api/types";
import { STATES, stateOf } from "../components/StateIcon";
import { formatDuration, formatParam, formatTime, toNumber } from "../lib/format";
import { flatten, paramOf, valueAt } from "../lib/params";
import { whyWord } from "../lib/why";
import { namesOf } from "./ownNames";

export type FieldKind = "number" | "time" | "duration" | "category";

/** Where a field comes from, in the order of lists. */
export type FieldPart = "Metric" | "Extreme" | "Parameter" | "Summary" | "Configuration" | "Run";

export interface Field {
  /** As the address names it: `param:lr`, `summary:accuracy`, `metric`, `created`. */
  id: string;
  label: string;
  part: FieldPart;
  kind: FieldKind;
  /** `undefined` where a run has none. */
  read: (run: Run) => unknown;
  /** All words that mean it, where there are several: the shown one, the id behind a name, what others call a run. */
  aliases?: (run: Run) => readonly string[];
  /** What the server's filters call it; null where they cannot ask for it. */
  key: string | null;
}

/** Whether its numbers are results, to be compared with each other; else they are shown as they were chosen. */
export const isMeasured = ({ part }: Pick<Field, "part">): boolean =>
  part === "Metric" || part === "Extreme" || part === "Summary";

/** A run's value of a field, in words; also what the group is called that it makes with others of the same. */
export function fieldText(field: Field, run: Run): string {
  const value = field.read(run);
  const number = toNumber(value);
  if (number !== null && field.kind === "time") return formatTime(number);
  if (number !== null && field.kind === "duration") return formatDuration(number);
  return formatParam(value);
}

/** Always there. */
const PLAIN: readonly Omit<Field, "part">[] = [
  {
    id: "name",
    label: "Name",
    kind: "category",
    read: (run) => run.name,
    aliases: namesOf,
    key: "display_name",
  },
  { id: "state", label: "State", kind: "category", read: (run) => STATES[stateOf(run)].word, key: null },
  { id: "why", label: "Why", kind: "category", read: (run) => whyWord(run.why) ?? undefined, key: null },
  {
    id: "tags",
    label: "Tags",
    kind: "category",
    read: (run) => (run.tags.length > 0 ? run.tags : undefined),
    key: "tags",
  },
  {
    id: "notes",
    label: "Notes",
    kind: "category",
    read: (run) => run.notes || undefined,
    key: null,
  },
  { id: "group", label: "Group", kind: "category", read: (run) => run.group ?? undefined, key: "group" },
  {
    id: "job_type",
    label: "Job type",
    kind: "category",
    read: (run) => run.job_type ?? undefined,
    key: "job_type",
  },
  {
    id: "sweep",
    label: "Sweep",
    kind: "category",
    read: (run) => run.sweep_id ?? undefined,
    key: "sweep",
  },
  { id: "agent", label: "Agent", kind: "category", read: (run) => run.agent_id ?? undefined, key: null },
  { id: "creator", label: "User", kind: "category", read: (run) => run.creator ?? undefined, key: "creator" },
  { id: "host", label: "Host", kind: "category", read: (run) => run.host ?? undefined, key: "host" },
  { id: "steps", label: "Steps", kind: "number", read: (run) => run.steps, key: null },
  {
    id: "duration",
    label: "Duration",
    kind: "duration",
    read: (run) => (run.started === null ? undefined : run.duration),
    key: "duration",
  },
  { id: "id", label: "ID", kind: "category", read: (run) => run.id, key: null },
  { id: "created", label: "Created", kind: "time", read: (run) => run.created, key: null },
  { id: "started", label: "Started", kind: "time", read: (run) => run.started ?? undefined, key: null },
  { id: "ended", label: "Ended", kind: "time", read: (run) => run.ended ?? undefined, key: null },
];

const flats = new WeakMap<object, ReadonlyMap<string, unknown>>();

/**
 * Each object is taken apart once, however often the list that holds it changes. What media consist of (`digit._type`)
 * says nothing of a run.
 */
function leaves(values: Record<string, unknown>): ReadonlyMap<string, unknown> {
  const known = flats.get(values);
  if (known !== undefined) return known;
  const flat = flatten(Object.fromEntries(Object.entries(values).filter(isNoMedia)));
  flats.set(values, flat);
  return flat;
}

const isNoMedia = ([, value]: [string, unknown]): boolean =>
  !(typeof value === "object" && value !== null && "_type" in value);

/** Keys in the order in which they are met, each with whether all of its values are numbers. */
function keysOf(
  runs: readonly Run[],
  part: (run: Run) => Record<string, unknown> | null,
): Map<string, boolean> {
  const keys = new Map<string, boolean>();
  for (const run of runs) {
    const values = part(run);
    if (values === null) continue;
    // Most runs hold plain values alone: to take apart a hundred thousand of them would be half the work.
    for (const [key, value] of isFlat(values) ? Object.entries(values) : leaves(values)) {
      if (value !== null) keys.set(key, (keys.get(key) ?? true) && isNumber(value));
      else if (!keys.has(key)) keys.set(key, true);
    }
  }
  return keys;
}

const isFlat = (values: Record<string, unknown>): boolean =>
  Object.values(values).every((value) => typeof value !== "object" || value === null);

/** The server sends numbers that JSON lacks as words. */
const isNumber = (value: unknown): boolean =>
  typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";

/**
 * Everything that is known of the runs, the metric first, then parameters, then what runs say of themselves.
 * `params`: the parameters of the sweep; without a sweep none, and all is configuration.
 */
export function fieldsOf(
  runs: readonly Run[],
  metric: MetricGoal | null,
  params: readonly string[] = [],
): Field[] {
  const numeric = keysOf(runs, (run) => run.params ?? run.config);
  const chosen = new Set(params);
  const fields: Field[] = [];
  const labels = new Set<string>();
  /** What has the name of a field before it says where it comes from. */
  const add = (field: Field) => {
    const label = labels.has(field.label) ? `${field.label} (${field.part.toLowerCase()})` : field.label;
    labels.add(label);
    fields.push({ ...field, label });
  };
  if (metric !== null) {
    const read = (run: Run) => run.best ?? undefined;
    const key = `summary_metrics.${metric.name}`;
    add({ id: "metric", label: metric.name, part: "Metric", kind: "number", read, key });
  }
  for (const name of params) {
    const read = (run: Run) => paramOf(run, name);
    const kind = numeric.get(name) === false ? "category" : "number";
    add({ id: `param:${name}`, label: name, part: "Parameter", kind, read, key: `config.${name}` });
  }
  const logged = keysOf(runs, (run) => run.summary);
  const given = keysOf(runs, (run) => run.config);
  // Neither what was logged nor what was configured under one name is meant by it alone.
  for (const name of logged.keys()) if (given.has(name)) labels.add(name);
  for (const [name, isNumeric] of logged) {
    const read = (run: Run) => valueAt(run.summary, name);
    const kind = isNumeric ? "number" : "category";
    if (name.startsWith("_")) continue; // besom adds it by itself: `_step`
    add({ id: `summary:${name}`, label: name, part: "Summary", kind, read, key: `summary_metrics.${name}` });
  }
  for (const [name, isNumeric] of given) {
    if (chosen.has(name)) continue;
    const read = (run: Run) => valueAt(run.config, name);
    const kind = isNumeric ? "number" : "category";
    add({ id: `config:${name}`, label: name, part: "Configuration", kind, read, key: `config.${name}` });
  }
  for (const field of PLAIN) add({ ...field, part: "Run" });
  return fields;
}

/** A field that has the values of all of these, as the table groups by them; undefined without any. */
export function joinedField(fields: readonly Field[]): Field | undefined {
  if (fields.length < 2) return fields[0];
  return {
    id: fields.map(({ id }) => id).join(" "),
    label: fields.map(({ label }) => label).join(", "),
    part: "Run",
    kind: "category",
    read: (run) => fields.map((field) => fieldText(field, run)).join(", "),
    key: null,
  };
}
