/** Which fields are columns of the table, in which order, how wide, and where they stand. Pure. */
import type { Run } from "../../api/types";
import { commonDigits, formatValue } from "../../lib/format";
import { type Field, isMeasured } from "../../view/fields";

/** What a reader has changed about the columns; the rest is as the page thinks best. */
export interface ColumnChoice {
  /** By id: shown or not. */
  shown: Readonly<Record<string, boolean>>;
  /** Ids in their order; those that are not named stand where they would without it. */
  order: readonly string[];
  /** Ids of columns that stay in sight, besides the name. */
  pinned: readonly string[];
}

export const AS_USUAL: ColumnChoice = { shown: {}, order: [], pinned: [] };

export interface Column {
  field: Field;
  shown: boolean;
  pinned: boolean;
  width: number;
  /** Of a pinned one: its distance from the left edge. */
  left: number;
  /** The last of those that stay in sight. */
  edge: boolean;
  /** Significant digits that its numbers have at least; 1 where each has its own. */
  digits: number;
  note?: string;
}

/** The first column is always the name. */
export const NAME = "name";
const LEADING = [NAME, "metric", "state", "why", "sweep", "tags"];
const HIDDEN = ["group", "job_type", "agent", "host", "started", "ended", "notes", "id"];
/** So many columns of one kind are shown without being asked for. */
const MANY = 12;

/** The columns as they would be without a choice. `unusual`: ids that have nothing to tell here. */
function usual(fields: readonly Field[], unusual: ReadonlySet<string>): { field: Field; shown: boolean }[] {
  const leading = LEADING.flatMap((id) => fields.filter((field) => field.id === id));
  const rest = fields.filter(({ id }) => !LEADING.includes(id));
  const counts = new Map<string, number>();
  return [...leading, ...rest].map((field) => {
    const count = (counts.get(field.part) ?? 0) + 1;
    counts.set(field.part, count);
    const many = (field.part === "Summary" || field.part === "Configuration") && count > MANY;
    return { field, shown: !many && !HIDDEN.includes(field.id) && !unusual.has(field.id) };
  });
}

/** All columns, shown or not, in their order: the name, then the pinned ones, then the others. */
export function arrange(
  fields: readonly Field[],
  choice: ColumnChoice,
  unusual: ReadonlySet<string>,
  width: (field: Field) => number,
  notes: ReadonlyMap<string, string>,
  digits: (field: Field) => number,
): Column[] {
  const columns = ordered(usual(fields, unusual), choice.order).map(({ field, shown }) => ({
    field,
    shown: field.id === NAME || (choice.shown[field.id] ?? shown),
    pinned: field.id === NAME || choice.pinned.includes(field.id),
    width: width(field),
    left: 0,
    edge: false,
    digits: digits(field),
    note: notes.get(field.id),
  }));
  const first = columns.filter(({ field }) => field.id === NAME);
  const pinned = columns.filter(({ field, pinned }) => pinned && field.id !== NAME);
  const others = columns.filter(({ pinned }) => !pinned);
  let left = 0;
  for (const column of [...first, ...pinned]) {
    column.left = left;
    if (column.shown) left += column.width;
  }
  const edge = [...first, ...pinned].filter(({ shown }) => shown).at(-1);
  if (edge !== undefined) edge.edge = true;
  return [...first, ...pinned, ...others];
}

/** Those that `order` names as it says; each other one behind the one that it stands behind otherwise. */
function ordered<T extends { field: Field }>(columns: readonly T[], order: readonly string[]): T[] {
  const byId = new Map(columns.map((column) => [column.field.id, column]));
  const result = order.flatMap((id) => byId.get(id) ?? []);
  const placed = new Set(result);
  columns.forEach((column, i) => {
    if (placed.has(column)) return;
    const before = columns[i - 1];
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, column);
    placed.add(column);
  });
  return result;
}

/** `id` put before `target`, or to the end. `all`: the present order. */
export function moved(all: readonly Column[], id: string, target: string | null): string[] {
  const ids = all.map(({ field }) => field.id).filter((other) => other !== id);
  const at = target === null ? ids.length : ids.indexOf(target);
  ids.splice(at < 0 ? ids.length : at, 0, id);
  return ids;
}

const SAMPLE = 50;

/** Significant digits that all numbers of a column get which are not whole: as many as one of the first runs needs. */
export function columnDigits(field: Pick<Field, "part" | "kind" | "read">, runs: readonly Run[]): number {
  if (field.kind !== "number" || !isMeasured(field)) return 1;
  const values = runs.slice(0, SAMPLE).map(field.read);
  return commonDigits(values.filter((value) => typeof value === "number"));
}

/** As long as numbers get: runs that come later may have longer ones than the first. */
const NUMBER = "0.00012345";
/** Pixels of a digit where fonts are wide: the end of a number must never be cut off. Heads are bold. */
const CHARACTER = 8.4;
const HEAD_CHARACTER = 9.2;
const WIDTHS: Readonly<Record<string, number>> = {
  name: 296,
  state: 124,
  why: 144,
  steps: 84,
  duration: 108,
  sweep: 184,
  agent: 184,
};

/** How much room the table has: all of the page, some at the left of the charts, or a telephone. */
export type Room = "page" | "side" | "telephone";

/** Beside the name there is to be room for the metric; on a telephone for the state too, which is a sign there. */
const WIDTHS_IN: Readonly<Record<Room, Readonly<Record<string, number>>>> = {
  page: {},
  side: { [NAME]: 232, metric: 118 },
  telephone: { [NAME]: 196, state: 56 },
};
/** Beside its value a group says what it is of, and how many; on a telephone its best is to be in sight, too. */
const GROUP_IN = { side: 248, telephone: 184 } as const;
/** Pixels less that columns have at their sides. */
const NARROW_SIDES = 8;
/** Groups have a histogram and two numbers where a run has one; of the metric their best as well. */
const LEAST_OF_GROUPS = { number: 216, duration: 216, time: 0, category: 0 } as const;
const LEAST_OF_BEST = 264;
/** Which a telephone leaves out. */
const HISTOGRAM = 84;

/** The width of a column that would be `usual` pixels wide. */
export function widthIn(
  room: Room,
  { id, kind }: Pick<Field, "id" | "kind">,
  usual: number,
  grouped: boolean,
): number {
  if (room !== "page" && grouped && id === NAME) return GROUP_IN[room];
  const width = WIDTHS_IN[room][id] ?? (room === "page" ? usual : usual - NARROW_SIDES);
  if (!grouped) return width;
  const least = id === "metric" ? LEAST_OF_BEST : LEAST_OF_GROUPS[kind];
  return Math.max(width, room === "telephone" ? least - HISTOGRAM : least);
}

/** Wide enough for the name and for what the first runs have to show. */
export function columnWidth(field: Field, runs: readonly Run[]): number {
  if (field.part === "Extreme") return Math.min(240, field.label.length * HEAD_CHARACTER + 44);
  const known = WIDTHS[field.id] ?? (field.kind === "time" ? 112 : undefined);
  if (known !== undefined) return known;
  let longest = 0;
  for (const run of runs.slice(0, SAMPLE)) {
    const value = field.read(run);
    if (value === undefined) continue;
    const isBroken = typeof value === "number" && !Number.isInteger(value);
    longest = Math.max(longest, formatValue(value).length, isBroken ? NUMBER.length : 0);
  }
  const text = Math.max(field.label.length * HEAD_CHARACTER + 44, longest * CHARACTER + 24);
  return Math.round(Math.min(240, Math.max(92, text)));
}
