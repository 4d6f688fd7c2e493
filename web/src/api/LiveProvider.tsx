import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { throttle } from "../lib/throttle";
import { BASE } from "./base";
import { type Change, LiveConnection, type LiveStatus } from "./live";
import { type ProjectPath, projectQuery, viewerQuery } from "./queries";
import { sharedStream } from "./sharedStream";

const LiveContext = createContext<LiveConnection | null>(null);

/** Opens the project's stream of changes for everything inside. */
export function LiveProvider({ entity, project, children }: ProjectPath & { children: ReactNode }) {
  const connection = useMemo(
    () =>
      new LiveConnection(`${BASE}/api/v1/events?${new URLSearchParams({ entity, project })}`, sharedStream),
    [entity, project],
  );
  const queries = useQueryClient();
  useEffect(() => connection.open(), [connection]);
  useEffect(
    () =>
      connection.onStatus(() => {
        if (connection.getStatus() !== "offline") return;
        // A reader's stream ends with the link, another one with its project: a stream cannot say why, but an answer can.
        if (BASE !== "") void queries.invalidateQueries({ queryKey: viewerQuery.queryKey });
        else void queries.prefetchQuery(projectQuery({ entity, project }));
      }),
    [connection, queries, entity, project],
  );
  return <LiveContext.Provider value={connection}>{children}</LiveContext.Provider>;
}

const silent = () => () => {};
const nothing = () => null;

/** Whether changes arrive by themselves; null outside a project. */
export function useLiveStatus(): LiveStatus | null {
  const connection = useContext(LiveContext);
  return useSyncExternalStore<LiveStatus | null>(
    connection?.onStatus ?? silent,
    connection?.getStatus ?? nothing,
  );
}

/**
 * Calls `action` when a change that `matters` arrives: only while the page can be seen, and at most every `interval` ms.
 */
export function useOnChange(
  matters: (change: Change) => boolean,
  action: () => unknown,
  interval: number,
): void {
  const connection = useContext(LiveContext);
  useEffect(() => {
    if (connection === null) return;
    let missed = false;
    const throttled = throttle(() => {
      missed = document.hidden;
      if (!missed) action();
    }, interval);
    const onVisible = () => {
      if (missed && !document.hidden) throttled.request();
    };
    const forget = connection.onChange((changes) => {
      if (changes === null || changes.some(matters)) throttled.request();
    });
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      forget();
      throttled.cancel();
    };
  }, [connection, matters, action, interval]);
}

/** Marks a query as out of date when a change that `matters` arrives. */
export function useInvalidate(
  queryKey: readonly unknown[],
  matters: (change: Change) => boolean,
  interval: number,
): void {
  const queries = useQueryClient();
  const key = JSON.stringify(queryKey);
  const action = useMemo(() => {
    const asked = { queryKey: JSON.parse(key) as unknown[] };
    const ask = () => queries.invalidateQueries(asked, { cancelRefetch: false });
    return async () => {
      // A slow answer must come to its end: aborted at every change it would never arrive. What it missed is asked for after it.
      const late = queries.isFetching(asked) > 0;
      await ask();
      if (late) await ask();
    };
  }, [queries, key]);
  useOnChange(matters, action, interval);
}
