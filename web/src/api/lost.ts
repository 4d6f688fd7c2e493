/** How many places of the page say that the server cannot be reached: while one does, nothing on it calls itself live. */
import { useEffect, useSyncExternalStore } from "react";
import { isStatus } from "./errors";

let places = 0;
const listeners = new Set<() => void>();

function change(by: number): void {
  places += by;
  for (const listener of listeners) listener();
}

/** For a place that says `error`. */
export function useSays(error: Error): void {
  const isLost = isStatus(error, 0);
  useEffect(() => {
    if (!isLost) return;
    change(1);
    return () => change(-1);
  }, [isLost]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether any place says so. */
export const useIsLost = (): boolean => useSyncExternalStore(subscribe, () => places > 0);
