/** Parts of the page that come when they are wanted, as by React's `lazy`; one that cannot come now is waited for. */
import { type ComponentType, lazy as reactLazy } from "react";

/** Milliseconds between two looks for the server. */
const PAUSE = 1_000;
/** A reload that brought nothing is not repeated so soon. */
const RECENTLY = 10_000;
const RELOADED = "besom.reloaded";

/** What a part waits for: passed in by tests. */
export interface Surroundings {
  isServerThere: () => Promise<boolean>;
  reload: () => void;
  now: () => number;
}

const REAL: Surroundings = {
  isServerThere: () =>
    fetch("/healthz", { cache: "no-store" }).then(
      ({ ok }) => ok,
      () => false,
    ),
  reload: () => window.location.reload(),
  now: Date.now,
};

// biome-ignore lint/suspicious/noExplicitAny: as React has it
export const lazy = <T extends ComponentType<any>>(load: () => Promise<{ default: T }>) =>
  reactLazy(() => load().catch((failure) => loadedAgain(failure)));

/**
 * The server is away, or is a newer one that has other files. Once there is one the page is loaded anew: what was chosen
 * is in its address, what was written is kept. Until then nothing comes, so there is no answer. Throws what failed where
 * the page was loaded anew a moment ago already.
 */
export async function loadedAgain(
  failure: unknown,
  { isServerThere, reload, now }: Surroundings = REAL,
): Promise<never> {
  if (now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < RECENTLY) throw failure;
  while (!(await isServerThere())) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  sessionStorage.setItem(RELOADED, String(now()));
  reload();
  return new Promise(() => {});
}
