/** Which tables runs have logged, and how their programs want them drawn. Pure. */
import type { LoggedChart, Run } from "../../api/types";
import { type FileValue, isRecord, isTable, mediaPlaces } from "../run/media/mediaValues";
import { type Preset, presetFor } from "../run/media/presets";

/** Of so many runs it is looked at what they have logged; programs of one sweep log alike. */
const MOST_LOOKED_AT = 200;

/** The newest table of a run under a key, whose parts are joined by dots; undefined without one. */
export const tableOf = ({ summary }: Pick<Run, "summary">, key: string): FileValue | undefined =>
  tableIn(summary, key);

/** Parts may hold dots as well: each beginning of the key that is a part of it is followed. */
function tableIn(value: Readonly<Record<string, unknown>>, key: string): FileValue | undefined {
  const whole = Object.hasOwn(value, key) ? value[key] : undefined;
  if (isTable(whole)) return whole;
  for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".", dot + 1)) {
    const part = key.slice(0, dot);
    const inner = Object.hasOwn(value, part) ? value[part] : undefined;
    const table = isRecord(inner) ? tableIn(inner, key.slice(dot + 1)) : undefined;
    if (table !== undefined) return table;
  }
  return undefined;
}

/** By the key: what to call the tables that any of the runs has logged; those that are defined as charts first. */
export function loggedTables(runs: readonly Pick<Run, "summary">[]): [key: string, name: string][] {
  const found = new Map<string, Preset | null>();
  for (const { summary } of runs.slice(0, MOST_LOOKED_AT))
    for (const { place, value } of mediaPlaces(summary)) {
      const key = place.join(".");
      if (isTable(value) && !found.get(key)) found.set(key, presetFor(value, key, NONE));
    }
  const isChart = (preset: Preset | null): number => Number(preset?.choice != null);
  return [...found]
    .sort(([a, one], [b, other]) => isChart(other) - isChart(one) || a.localeCompare(b))
    .map(([key, preset]) => [key, preset?.title || nameOf(key)]);
}

/** Key and name of the table that is asked for by one of them; else those of the first, unless it must be that one. */
export const askedTable = (
  tables: readonly [key: string, name: string][],
  asked: string,
  must = false,
): readonly [key: string, name: string] =>
  tables.find((names) => names.includes(asked)) ?? (must ? undefined : tables[0]) ?? [asked, asked];

export const titleOfTable = (name: string): string => name || "Logged charts";

const NONE: Readonly<Record<string, LoggedChart>> = {};

/** W&B's client logs the table of the chart `roc` as `roc_table`. */
const nameOf = (key: string): string => key.replace(/^Custom Chart Tables\//, "").replace(/_table$/, "");
