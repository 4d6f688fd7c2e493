import { useCallback, useState } from "react";
import type { Done } from "../components/Toast";
import { keep, useCommon, useIsOwn } from "../view/kept";
import { arranged, type Change } from "./arranged";
import { AUTOMATIC, type Entry, readPanels } from "./panels";
import { NO_STEPS, redone, type Steps, stepped, undone } from "./undo";
import { type Kept, NAME, useFolded, useKeptPanels } from "./useKeptPanels";

/** By the viewer; undefined: not at all. */
type Own = Kept | undefined;

export interface Arrangement {
  entries: readonly Entry[];
  /** Ids of sections. */
  folded: readonly string[];
  /** Whether a section is to be folded. */
  fold: (id: string, on: boolean) => void;
  /** Back to what whoever arranges nothing sees; null where it is seen. */
  reset: { name: string; act: () => void } | null;
  /** What was done last. */
  said: Done | null;
  /** `words`: what it does, for the reader: "Hid the scatter plot". Whether anything is other than before. */
  change: (change: Change, words: string) => boolean;
  /** null where there is nothing to undo. */
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/** The panels of a place, as they are kept in the browser for all sweeps of the project. */
export function usePanels(place: string): Arrangement {
  const seen = useKeptPanels(place);
  const isOwn = useIsOwn(place, NAME);
  const kept: Own = isOwn ? seen : undefined;
  const common = readPanels(useCommon(place)?.[NAME]);
  const [steps, setSteps] = useState<Steps<Own>>(NO_STEPS);
  const [said, say] = useState<Done | null>(null);
  const entries = seen ?? AUTOMATIC;
  const [folded, setFolded] = useFolded(place);
  const fold = useCallback(
    (id: string, on: boolean) => {
      if (folded.includes(id) !== on) setFolded(on ? [...folded, id] : folded.filter((one) => one !== id));
    },
    [folded, setFolded],
  );

  const put = useCallback(
    (next: Own, steps: Steps<Own>, words: string) => {
      keep(place, NAME, next);
      setSteps(steps);
      say({ words });
    },
    [place],
  );
  const change = (change: Change, words: string) => {
    const next = arranged(entries, change);
    if (next === entries) return false;
    put(next, stepped(steps, kept), words);
    return true;
  };
  const back = undone(steps, kept);
  const again = redone(steps, kept);
  return {
    entries,
    folded,
    fold,
    reset: isOwn
      ? {
          name: common === null ? "Automatic panels" : "Everybody's panels",
          act: () => put(undefined, stepped(steps, kept), "Your own arrangement of the panels is gone"),
        }
      : null,
    said,
    change,
    undo: back && (() => put(back.value, back.steps, "Undone")),
    redo: again && (() => put(again.value, again.steps, "Done again")),
  };
}
