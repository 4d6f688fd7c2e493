import { useCallback, useMemo, useState } from "react";
import type { Done } from "../components/Toast";
import { keep, useKept } from "../view/kept";
import { AUTOMATIC, arranged, type Change, freeId, type Panel, type PanelKind, readPanels } from "./panels";
import { NO_STEPS, redone, type Steps, stepped, undone } from "./undo";

/** As kept; null: nobody has arranged anything. */
type Kept = readonly Panel[] | null;

export interface Arrangement {
  panels: readonly Panel[];
  /** Whether they are others than those that stand there by themselves. */
  changed: boolean;
  /** What was done last. */
  said: Done | null;
  /** `words`: what it does, for the reader: "Hid the scatter plot". Whether anything is other than before. */
  change: (change: Change, words: string) => boolean;
  /** An id for another panel; none has had it since the page was opened, so that undoing finds each panel's own settings. */
  newId: (kind: PanelKind) => string;
  /** null where there is nothing to undo. */
  undo: (() => void) | null;
  redo: (() => void) | null;
  /** Back to the automatic panels. */
  reset: () => void;
}

const NAME = "panels";

/** As they were arranged; null: as they stand there by themselves. */
export function useKeptPanels(place: string): Kept {
  const [raw] = useKept<unknown>(place, NAME, null);
  return useMemo(() => readPanels(raw), [raw]);
}

/** The panels of a place, as they are kept in the browser for all sweeps of the project. */
export function usePanels(place: string): Arrangement {
  const kept = useKeptPanels(place);
  const [steps, setSteps] = useState<Steps<Kept>>(NO_STEPS);
  const [said, say] = useState<Done | null>(null);
  const panels = kept ?? AUTOMATIC;

  const put = useCallback(
    (next: Kept, steps: Steps<Kept>, words: string) => {
      keep(place, NAME, next ?? undefined);
      setSteps(steps);
      say({ words });
    },
    [place],
  );
  const change = (change: Change, words: string) => {
    const next = arranged(panels, change);
    if (next === panels) return false;
    put(next, stepped(steps, kept), words);
    return true;
  };
  const newId = (kind: PanelKind) =>
    freeId(
      kind,
      new Set(
        [panels, ...steps.past, ...steps.future].flatMap((one) => one ?? AUTOMATIC).map(({ id }) => id),
      ),
    );
  const back = undone(steps, kept);
  const again = redone(steps, kept);
  return {
    panels,
    changed: kept !== null,
    said,
    change,
    newId,
    undo: back && (() => put(back.value, back.steps, "Undone")),
    redo: again && (() => put(again.value, again.steps, "Done again")),
    reset: () => put(null, stepped(steps, kept), "The automatic panels are back"),
  };
}
