/** Colours of runs: the same in every panel. A colour is a text as CSS takes it; canvases ask `Colors.of` for theirs. Pure. */

import type { MetricGoal, Run } from "../api/types";
import { compareValues } from "../lib/compare";
import { formatParam, toNumber } from "../lib/format";
import { type Field, fieldText } from "./fields";
import { quantilesOf, rangeText } from "./ranges";
import type { Extreme } from "./useExtremes";

/** Names of the series colours of tokens.css, which are told apart with every kind of colour vision. */
export const SERIES = ["Blue", "Orange", "Green", "Pink", "Violet", "Ochre", "Sky", "Brown"] as const;

/** The series colour of a place in a list, from 0; they begin again where they end. */
export const seriesColor = (index: number): string => `var(--series-${(index % SERIES.length) + 1})`;

/** By a name alone (FNV-1a), so that nobody has to remember it. */
export function colorOfName(name: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return seriesColor(hash >>> 0);
}

/** Of a group of runs: the colour that all of them have, else that of the group's name. */
export function colorOfGroup(name: string, colorsOfRuns: Iterable<string>): string {
  const [color, ...others] = new Set(colorsOfRuns);
  return color !== undefined && others.length === 0 ? color : colorOfName(name);
}

/** The colours of the groups into which a field divides the runs: by the group's name, and for each run in their order. */
export function colorsByGroup(
  runs: readonly Run[],
  field: Field,
  colorOf: (runId: string) => string,
): { byName: ReadonlyMap<string, string>; ofRuns: readonly string[] } {
  const names = runs.map((run) => fieldText(field, run));
  const colors = new Map<string, Set<string>>();
  for (const [i, { id }] of runs.entries()) {
    const name = names[i] as string;
    colors.set(name, (colors.get(name) ?? new Set()).add(colorOf(id)));
  }
  const byName = new Map([...colors].map(([name, own]) => [name, colorOfGroup(name, own)]));
  return { byName, ofRuns: names.map((name) => byName.get(name) as string) };
}

/** What a reader has chosen of the colours. Without a choice a run has the colour of its id. */
export interface Coloring {
  /** By the id of a run: `1` to `8` for a series colour, or `#rrggbb`. These hold whatever the others have. */
  own: Readonly<Record<string, string>>;
  /** Id of the field whose values colour the other runs; empty for none. */
  by: string;
  /** Which of its logged values stands for a run; that which its summary has where this is missing. */
  extreme?: Extreme;
  /** Into how many parts of about as many runs numbers are divided. */
  parts: number;
}

export const UNCHANGED: Coloring = { own: {}, by: "", parts: 4 };
export const LEAST_PARTS = 2;
export const MOST_PARTS = 8;

/** A chosen colour as CSS; undefined for what is none, as a view of somebody else may hold. */
export function chosenColor(choice: unknown): string | undefined {
  if (typeof choice !== "string") return undefined;
  if (/^[1-8]$/.test(choice)) return seriesColor(Number(choice) - 1);
  return /^#[0-9a-f]{6}$/i.test(choice) ? choice : undefined;
}

/** Runs that share a colour because of a value. */
export interface Bucket {
  color: string;
  /** The value, or the least and the largest. */
  label: string;
  runs: readonly Run[];
}

/** For runs without a value, and for values beyond those that have a colour. */
const REST = "var(--chart-dim)";

/**
 * Runs by their value of a field: numbers in `parts` of about as many runs (equal numbers stay together), from the
 * worse end of a scale of colours to the better one; of categories the most frequent, each with a series colour.
 */
export function bucketsOf(
  runs: readonly Run[],
  field: Field,
  parts: number,
  goal: MetricGoal["goal"] | null = null,
): Bucket[] {
  const buckets =
    field.kind === "category"
      ? valuesOf(runs, field)
      : bucketsOfNumbers(runs, field, parts, goal === "minimize");
  const placed = new Set(buckets.flatMap((bucket) => bucket.runs));
  const rest = runs.filter((run) => !placed.has(run));
  return rest.length === 0 ? buckets : [...buckets, { color: REST, label: "others", runs: rest }];
}

function valuesOf(runs: readonly Run[], field: Field): Bucket[] {
  const byText = new Map<string, { value: unknown; runs: Run[] }>();
  for (const run of runs) {
    const value = field.read(run);
    if (value === undefined) continue;
    const text = formatParam(value);
    const known = byText.get(text);
    if (known === undefined) byText.set(text, { value, runs: [run] });
    else known.runs.push(run);
  }
  const frequent = [...byText].sort(([, a], [, b]) => b.runs.length - a.runs.length).slice(0, SERIES.length);
  // In the order of the values, so that a colour stays when another value becomes more frequent.
  return frequent
    .sort(([, a], [, b]) => compareValues(a.value, b.value))
    .map(([label, { runs }], i) => ({ color: seriesColor(i), label, runs }));
}

function bucketsOfNumbers(runs: readonly Run[], field: Field, parts: number, reversed: boolean): Bucket[] {
  const found: { run: Run; value: number }[] = [];
  for (const run of runs) {
    const value = toNumber(field.read(run));
    if (value !== null && Number.isFinite(value)) found.push({ run, value });
  }
  const groups = quantilesOf(found, parts, ({ value }) => value);
  return groups.map((group, i) => ({
    color: scaleColor(reversed ? groups.length - 1 - i : i, groups.length),
    label: rangeText(field, group[0]?.value ?? 0, group.at(-1)?.value ?? 0),
    runs: group.map(({ run }) => run),
  }));
}

const STOPS = 5;
/** The very end of the scale is too faint for thin lines. */
const FIRST_STOP = 1.4;

/** The colour at `index` of `count` along the scale of values, from its worse end. */
function scaleColor(index: number, count: number): string {
  const at = count === 1 ? STOPS : FIRST_STOP + (index / (count - 1)) * (STOPS - FIRST_STOP);
  const stop = (number: number) => `var(--gradient-plasma-${number})`;
  const share = Math.round((at % 1) * 100);
  if (share === 0) return stop(Math.floor(at));
  return `color-mix(in oklab, ${stop(Math.floor(at))} ${100 - share}%, ${stop(Math.floor(at) + 1)})`;
}
