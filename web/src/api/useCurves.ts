import { useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { InSight } from "../lib/clock";
import { curveInterval } from "../lib/curveBudget";
import { throttle } from "../lib/throttle";
import type { RunCurve, StepRange } from "./curveRange";
import { curveStore, type Logged } from "./curveStore";
import type { ProjectPath } from "./queries";

export interface Curves {
  get: (key: string, run: string) => RunCurve | undefined;
  /** Changes with what `get` answers. */
  version: number;
  /** What is wanted has been asked for and has arrived at least once. */
  complete: boolean;
  error: Error | null;
  retry: () => void;
}

/**
 * Curves of these runs, kept current while they log, with more of their points in the `range` of steps that is looked at.
 * `runs`, `keys` and `range` must keep their identity while they are the same.
 */
export function useCurves(
  path: ProjectPath,
  runs: readonly Logged[],
  keys: readonly string[],
  points: number,
  range: StepRange | null = null,
): Curves {
  const store = curveStore(path);
  const version = useSyncExternalStore(
    useContext(InSight) ? store.follow : store.subscribe,
    store.getVersion,
  );
  const [error, setError] = useState<Error | null>(null);
  const wanted = useRef({ runs, keys, points, range });
  wanted.current = { runs, keys, points, range };
  const request = useRef(() => {});
  const interval = curveInterval(runs.length);

  useEffect(() => {
    const controller = new AbortController();
    let working = false;
    let again = false;
    const work = async () => {
      again = working;
      if (working) return;
      working = true;
      const { runs, keys, points, range } = wanted.current;
      try {
        await store.load(runs, keys, points, controller.signal);
        if (range !== null) await store.load(runs, keys, points, controller.signal, range);
        setError(null);
      } catch (failure) {
        if (!controller.signal.aborted) setError(failure as Error);
      }
      working = false;
      if (again && !controller.signal.aborted) throttled.request();
    };
    const throttled = throttle(() => void work(), interval);
    request.current = throttled.request;
    return () => {
      throttled.cancel();
      controller.abort();
    };
  }, [store, interval]);

  useEffect(() => store.want(runs, keys, range), [store, runs, keys, range]);
  const missing = runs.some(({ id }) => keys.some((key) => store.get(key, id) === undefined));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of what is wanted may need another look
  useEffect(() => request.current(), [runs, keys, points, range, store, interval]);
  const retry = useCallback(() => request.current(), []);
  const get = useCallback((key: string, run: string) => store.get(key, run, range), [store, range]);
  return { get, version, complete: !missing, error, retry };
}
