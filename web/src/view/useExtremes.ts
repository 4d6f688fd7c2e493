import { useMemo } from "react";
import type { Run } from "../api/types";
import { useCurves } from "../api/useCurves";
import { toNumber } from "../lib/format";

/** Which of the values that a run has logged of a number stands for it. */
export const EXTREMES = ["smallest", "largest"] as const;
export type Extreme = (typeof EXTREMES)[number];

/** A curve of one bucket: its least and its largest value. */
const POINTS = 2;
const NO_RUNS: readonly Run[] = [];
const NO_KEYS: readonly string[] = [];

/** By the id of a run, what it has logged of `key`; null while nothing is asked for. `place`: the project, as `me/p`. */
export function useExtremes(
  place: string,
  runs: readonly Run[],
  key: string | null,
  extreme: Extreme,
): ReadonlyMap<string, number> | null {
  const path = useMemo(() => {
    const [entity = "", project = ""] = place.split("/");
    return { entity, project };
  }, [place]);
  const asked = key === null ? NO_RUNS : runs;
  const keys = useMemo(() => (key === null ? NO_KEYS : [key]), [key]);
  const { get, version } = useCurves(path, asked, keys, POINTS, null, "extremes");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `get` answers otherwise with each version
  return useMemo(() => {
    if (key === null) return null;
    const sign = extreme === "smallest" ? 1 : -1;
    const found = new Map<string, number>();
    for (const { id } of asked)
      for (const value of get(key, id)?.values ?? []) {
        const number = toNumber(value);
        const known = found.get(id);
        if (number !== null && !Number.isNaN(number) && (known === undefined || sign * (number - known) < 0))
          found.set(id, number);
      }
    return found;
  }, [asked, key, extreme, get, version]);
}
