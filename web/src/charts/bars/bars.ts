/** A number of runs as bars: one for each run, or for the mean of those that share a value. Pure. */
import type { Run } from "../../api/types";
import { type Goal, isBetter } from "../../lib/bestSoFar";
import { compareValues } from "../../lib/compare";
import { toNumber } from "../../lib/format";
import { type Field, fieldText } from "../../view/fields";
import { statisticsOf } from "../../view/statistics";

export interface Bar {
  name: string;
  value: number;
  /** Of groups: how far their runs are spread; 0 with a single one. */
  deviation: number | null;
  runs: readonly Run[];
}

const finiteOf = (run: Run, field: Field): number | null => {
  const value = toNumber(field.read(run));
  return value !== null && Number.isFinite(value) ? value : null;
};

/** Those that have the number; the best first, or the largest where none is better. */
export function barsOfRuns(runs: readonly Run[], field: Field, goal: Goal | null): Bar[] {
  const bars = runs.flatMap((run) => {
    const value = finiteOf(run, field);
    return value === null ? [] : [{ name: run.name, value, deviation: null, runs: [run] }];
  });
  return bars.sort((a, b) =>
    a.value === b.value ? 0 : isBetter(a.value, b.value, goal ?? "maximize") ? -1 : 1,
  );
}

/** Of the bars of single runs those whose run is among these, in their order: cheaper than to sort them anew. */
export function barsAmong(bars: readonly Bar[], runs: readonly Run[]): Bar[] {
  const among = new Set(runs);
  return bars.filter(({ runs: [run] }) => run !== undefined && among.has(run));
}

/** A bar for each value of `by`, in the order of those values. */
export function barsOfGroups(runs: readonly Run[], field: Field, by: Field): Bar[] {
  const groups = new Map<string, { key: unknown; runs: Run[] }>();
  for (const run of runs) {
    const key = by.read(run);
    if (finiteOf(run, field) === null || key === undefined) continue;
    const name = fieldText(by, run);
    const group = groups.get(name) ?? { key, runs: [] };
    groups.set(name, group);
    group.runs.push(run);
  }
  return [...groups]
    .sort(([, a], [, b]) => compareValues(a.key, b.key))
    .flatMap(([name, { runs }]) => {
      const found = statisticsOf(runs, field);
      return found === null ? [] : [{ name, value: found.mean, deviation: found.spread, runs }];
    });
}

/** What all bars and their spreads lie in: zero is always there, for the length of a bar is its value. */
export function reachOf(bars: readonly Bar[]): [low: number, high: number] {
  let [low, high] = [0, 0];
  for (const { value, deviation } of bars) {
    low = Math.min(low, value - (deviation ?? 0));
    high = Math.max(high, value + (deviation ?? 0));
  }
  return low === high ? [0, 1] : [low, high];
}
