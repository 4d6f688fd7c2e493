import { useMemo, useSyncExternalStore } from "react";
import type { StepRange } from "../../api/curveRange";
import { curveStore } from "../../api/curveStore";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { againstOf, stepsWithin } from "../curveLines";
import { axisOf, useSettledWindow } from "../zoom";

/**
 * The steps of which a chart shows more once it is zoomed, by what is known of the runs' curves; null while it shows all.
 * `x`: as in the settings. The same by identity while it is the same.
 */
export function useZoomedSteps(
  path: ProjectPath,
  x: string,
  runs: readonly Pick<Run, "id" | "started">[],
): StepRange | null {
  const window = useSettledWindow(axisOf(againstOf(x)));
  const store = curveStore(path);
  const version = useSyncExternalStore(store.subscribe, store.getVersion);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that the store answers something else
  const found = useMemo(() => {
    if (window === null || runs.length === 0) return null;
    const sources = runs.map(({ id, started }) => ({
      started,
      curveOf: (key: string) => store.get(key, id),
    }));
    return stepsWithin(window, sources, x);
  }, [store, version, window, runs, x]);
  const [first, last] = found ?? [];
  return useMemo(() => (first === undefined || last === undefined ? null : [first, last]), [first, last]);
}
