import { createContext, useContext, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = Date.now() / 1000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Clocks go on in the frame in which something else is shown anyway, and else once a second: each frame costs. */
export function tickClock(): void {
  clearTimeout(timer);
  timer = listeners.size === 0 ? undefined : setTimeout(tickClock, 1000);
  now = Date.now() / 1000;
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now() / 1000;
    timer = setTimeout(tickClock, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

/** Whether anybody can see what is inside: clocks and the ends of curves out of sight stand still. */
export const InSight = createContext(true);

const stand = () => () => {};

/** What `read` makes of the current Unix time; the component renders again only when that changes. One timer for all. */
export function useClock<T extends string | number | null>(read: (now: number) => T): T {
  return useSyncExternalStore(useContext(InSight) ? subscribe : stand, () => {
    if (timer === undefined) now = Math.floor(Date.now() / 1000);
    return read(now);
  });
}
