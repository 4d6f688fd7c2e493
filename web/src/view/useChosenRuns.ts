import { useMemo } from "react";
import { useSettled } from "../lib/useSettled";
import { type RunView, useRunView } from "./RunView";

/** So many are named one by one where the server has no words for the choice. */
const MOST_NAMED = 200;

export interface ChosenRuns {
  /** For the server, as JSON text; undefined means all. */
  filter: string | undefined;
  /** The choice cannot be said to the server, so that its answer is about all runs. */
  beyondWords: boolean;
}

/** What the reader has chosen of the runs, once the hand rests. */
export function useChosenRuns(): ChosenRuns {
  const { serverFilter, shown, all } = useRunView();
  return useSettled(useMemo(() => chosenRuns({ serverFilter, shown, all }), [serverFilter, shown, all]));
}

/** What the reader has chosen of the runs now. */
export function chosenRuns({
  serverFilter,
  shown,
  all,
}: Pick<RunView, "serverFilter" | "shown" | "all">): ChosenRuns {
  if (serverFilter !== null) {
    const filter = Object.keys(serverFilter).length === 0 ? undefined : JSON.stringify(serverFilter);
    return { filter, beyondWords: false };
  }
  if (shown.length > MOST_NAMED) return { filter: undefined, beyondWords: shown.length < all.length };
  return { filter: JSON.stringify({ id: { $in: shown.map(({ id }) => id) } }), beyondWords: false };
}

export const BEYOND_WORDS = "over all runs: too many are chosen by name, category or best value";
