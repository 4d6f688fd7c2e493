/** How the panels of a place are kept in the browser, for all sweeps of the project. */
import { useMemo } from "react";
import { useKept } from "../view/kept";
import { type Entry, readPanels } from "./panels";

/** As they were arranged; null: as a page begins, whatever is arranged for everybody. */
export type Kept = readonly Entry[] | null;

export const NAME = "panels";
const NONE: readonly string[] = [];

/** As they were arranged, by the viewer or for everybody; null: as they stand there by themselves. */
export function useKeptPanels(place: string): Kept {
  const [raw] = useKept<unknown>(place, NAME, null);
  return useMemo(() => readPanels(raw), [raw]);
}

/**
 * Ids of the sections that are folded. That is no part of the arrangement: whoever folds one only looks elsewhere, goes on
 * to see what is arranged for everybody, and takes back something else by undoing.
 */
export const useFolded = (place: string) => useKept(place, "folded sections", NONE);
