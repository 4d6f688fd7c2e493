/** Lines of runs that belong together, as one line of their mean with the spread around it. */
import { colorOfGroup } from "../view/runColors";
import { type Statistics, statistics } from "../view/statistics";
import type { CurveSettings } from "./curveSettings";
import { extent, type Line, lowerBound } from "./curves";

const MOST_PLACES = 300;

/**
 * `groupOf`: of a run, by its id; the name of the group becomes the line's `runId`. A group has the colour of its runs
 * where they share one, else that of its name.
 */
export function grouped(
  lines: readonly Line[],
  groupOf: (runId: string) => string,
  spread: CurveSettings["spread"],
): Line[] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const name = groupOf(line.runId);
    groups.set(name, [...(groups.get(name) ?? []), line]);
  }
  const places = commonPlaces(lines);
  return [...groups].map(([name, members]) => {
    const colors = members.map(({ color }) => color);
    return band(name, colorOfGroup(name, colors), members, places, spread);
  });
}

/** Where the lines themselves have points, if that is few places; else evenly spaced. */
function commonPlaces(lines: readonly Line[]): number[] {
  const all = new Set(lines.flatMap(({ steps }) => steps));
  if (all.size <= MOST_PLACES) return [...all].sort((a, b) => a - b);
  const [from, to] = extent(lines)?.x ?? [0, 1];
  return Array.from({ length: MOST_PLACES }, (_, i) => from + ((to - from) * i) / (MOST_PLACES - 1));
}

function band(
  name: string,
  color: string,
  members: readonly Line[],
  places: readonly number[],
  spread: CurveSettings["spread"],
): Line {
  const steps: number[] = [];
  const [values, low, high] = [[] as number[], [] as number[], [] as number[]];
  for (const [i, place] of places.entries()) {
    const here = members.map((line) => valueAt(line, place)).filter((value) => value !== null);
    const found = statistics(here);
    if (found === null) continue;
    const around = [middle(places[i - 1], place), middle(place, places[i + 1])] as const;
    const [least, most] =
      spread === "range"
        ? reachOf(members, found, around)
        : [found.mean - found.spread, found.mean + found.spread];
    steps.push(place);
    values.push(found.mean);
    low.push(least);
    high.push(most);
  }
  return { runId: name, emphasis: "normal", color, steps, values, low, high, members: members.length };
}

const middle = (before = Number.NEGATIVE_INFINITY, after = Number.POSITIVE_INFINITY): number =>
  (before + after) / 2;

/** What the lines reach at a place and `around` it, up to half the way to its neighbours: no spike falls between two places. */
function reachOf(
  members: readonly Line[],
  here: Statistics,
  [from, to]: readonly [number, number],
): [number, number] {
  let { least, most } = here;
  for (const { steps, values } of members) {
    for (let i = lowerBound(steps, from); i < steps.length && (steps[i] as number) <= to; i++) {
      const value = values[i];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return [least, most];
}

/** Between a line's points along the line; before its first and after its last there is none. */
function valueAt({ steps, values }: Line, place: number): number | null {
  const i = lowerBound(steps, place);
  const after = values[i];
  if (after === null || after === undefined || !Number.isFinite(after)) return null;
  if (steps[i] === place) return after;
  const before = values[i - 1];
  if (before === null || before === undefined || !Number.isFinite(before)) return null;
  const [from, to] = [steps[i - 1] as number, steps[i] as number];
  return before + ((after - before) * (place - from)) / (to - from);
}
