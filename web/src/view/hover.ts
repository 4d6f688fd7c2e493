/** The run under the cursor, in whichever panel: changes as fast as the mouse, so only who listens is drawn anew. */
import { useCallback, useSyncExternalStore } from "react";

export class Hover {
  private run: string | null = null;
  private readonly listeners = new Set<() => void>();

  get = (): string | null => this.run;

  set = (run: string | null): void => {
    if (run === this.run) return;
    this.run = run;
    for (const listener of this.listeners) listener();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const useHover = (hover: Hover): string | null => useSyncExternalStore(hover.subscribe, hover.get);

/** Whether it is this one: draws anew only when that changes. */
export const useHovered = (hover: Hover, run: string): boolean =>
  useSyncExternalStore(
    hover.subscribe,
    useCallback(() => hover.get() === run, [hover, run]),
  );
