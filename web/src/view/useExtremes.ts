import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate } from "../api/LiveProvider";
import type { Change } from "../api/live";
import { extremesQuery } from "../api/queries";
import type { Run } from "../api/types";

/** Which of the values that a run has logged of a number stands for it. */
export const EXTREMES = ["smallest", "largest"] as const;
export type Extreme = (typeof EXTREMES)[number];

const isRun = (change: Change) => change.kind === "run";
/** Milliseconds: how often, while runs log, each run's extremes are asked for anew. */
export const intervalFor = (runs: number): number => Math.min(60_000, 4_000 + runs);

/**
 * By the id of a run, the least or largest finite number that it has logged of `key`; null while nothing is asked for.
 * `place`: the project, as `me/p`.
 */
export function useExtremes(
  place: string,
  runs: readonly Run[],
  key: string | null,
  extreme: Extreme,
): ReadonlyMap<string, number> | null {
  const sweep = useMemo(() => (key === null ? null : sweepOf(runs)), [key, runs]);
  const query = useMemo(() => {
    const [entity = "", project = ""] = place.split("/");
    return extremesQuery({ entity, project }, sweep, key ?? "");
  }, [place, sweep, key]);
  const { data } = useQuery({ ...query, enabled: key !== null && runs.length > 0 });
  useInvalidate(query.queryKey, isRun, intervalFor(runs.length));
  return useMemo(() => {
    if (key === null) return null;
    const end = extreme === "smallest" ? 0 : 1;
    return new Map(Object.entries(data?.runs ?? {}).map(([id, span]) => [id, span[end] as number]));
  }, [key, extreme, data]);
}

/** The one that all of the runs belong to; null where there are several, or runs of none. */
export function sweepOf(runs: readonly Run[]): string | null {
  const first = runs[0]?.sweep_id ?? null;
  return runs.every(({ sweep_id }) => sweep_id === first) ? first : null;
}
