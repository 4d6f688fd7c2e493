import { createContext, useContext, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = Date.now() / 1000;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now() / 1000;
    timer = setInterval(() => {
      now = Date.now() / 1000;
      for (const tell of listeners) tell();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Whether anybody can see what is inside: a clock out of sight stands still. */
export const ClocksRun = createContext(true);

const stand = () => () => {};

/** What `read` makes of the current Unix time; the component renders again only when that changes. One timer for all. */
export function useClock<T extends string | number | null>(read: (now: number) => T): T {
  return useSyncExternalStore(useContext(ClocksRun) ? subscribe : stand, () => {
    if (timer === undefined) now = Math.floor(Date.now() / 1000);
    return read(now);
  });
}
