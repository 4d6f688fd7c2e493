import { useCallback, useMemo } from "react";
import type { MetricGoal, Run } from "../api/types";
import type { Fields } from "./conditions";
import type { Field } from "./fields";
import { useKept } from "./kept";
import { loggedKeys } from "./loggedKeys";
import {
  type Bucket,
  bucketsOf,
  type Coloring,
  chosenColor,
  colorOfName,
  LEAST_PARTS,
  MOST_PARTS,
  UNCHANGED,
} from "./runColors";
import { EXTREMES, useExtremes } from "./useExtremes";

export interface RunColors {
  /** Of a run, by its id. Another function where any colour is another. */
  of: (id: string) => string;
  /** What it would have if nobody had chosen one for it. */
  usual: (id: string) => string;
  coloring: Coloring;
  setColoring: (coloring: Coloring) => void;
  /** The field whose values colour the runs, with what stands for what; null where none does. */
  by: { field: Field; buckets: readonly Bucket[] } | null;
}

/** The colours of runs as the reader has chosen them, kept for the project. */
export function useRunColors(
  place: string,
  runs: readonly Run[],
  fieldById: Fields,
  metric: MetricGoal | null,
): RunColors {
  const [coloring, setColoring] = useKept<Coloring>(place, "colors", UNCHANGED);
  const { own, by: wanted } = coloring;
  const parts = Math.min(MOST_PARTS, Math.max(LEAST_PARTS, Math.round(coloring.parts)));
  const named = fieldById.get(wanted);
  // A view of somebody else may hold what is none.
  const extreme = EXTREMES.find((one) => one === coloring.extreme);
  const logged = named === undefined || extreme === undefined ? undefined : loggedKeys([named])[0];
  const extremes = useExtremes(place, runs, logged ?? null, extreme ?? "smallest");
  const field = useMemo(
    () =>
      named === undefined || extremes === null
        ? named
        : { ...named, label: `${extreme} ${named.label}`, read: ({ id }: Run) => extremes.get(id) },
    [named, extremes, extreme],
  );
  const goal = field?.id === "metric" && metric !== null ? metric.goal : null;
  const by = useMemo(
    () => (field === undefined ? null : { field, buckets: bucketsOf(runs, field, parts, goal) }),
    [field, runs, parts, goal],
  );
  const byId = useMemo(() => {
    const colors = new Map<string, string>();
    for (const { color, runs } of by?.buckets ?? []) for (const { id } of runs) colors.set(id, color);
    return colors;
  }, [by]);
  const usual = useCallback((id: string) => byId.get(id) ?? colorOfName(id), [byId]);
  const of = useCallback((id: string) => chosenColor(own[id]) ?? usual(id), [own, usual]);
  return useMemo(() => ({ of, usual, coloring, setColoring, by }), [of, usual, coloring, setColoring, by]);
}
