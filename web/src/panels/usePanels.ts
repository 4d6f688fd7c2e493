import { useCallback, useMemo, useState } from "react";
import type { Done } from "../components/Toast";
import { keep, useCommon, useIsOwn, useKept } from "../view/kept";
import { AUTOMATIC, arranged, type Change, freeId, type Panel, type PanelKind, readPanels } from "./panels";
import { NO_STEPS, redone, type Steps, stepped, undone } from "./undo";

/** As they were arranged; null: as a page begins, whatever is arranged for everybody. */
type Kept = readonly Panel[] | null;
/** Likewise, by the viewer; undefined: not at all. */
type Own = Kept | undefined;

export interface Arrangement {
  panels: readonly Panel[];
  /** Back to what whoever arranges nothing sees; null where it is seen. */
  reset: { name: string; act: () => void } | null;
  /** What was done last. */
  said: Done | null;
  /** `words`: what it does, for the reader: "Hid the scatter plot". Whether anything is other than before. */
  change: (change: Change, words: string) => boolean;
  /** An id for another panel; none has had it since the page was opened, so that undoing finds each panel's own settings. */
  newId: (kind: PanelKind) => string;
  /** null where there is nothing to undo. */
  undo: (() => void) | null;
  redo: (() => void) | null;
}

const NAME = "panels";

/** As they were arranged, by the viewer or for everybody; null: as they stand there by themselves. */
export function useKeptPanels(place: string): Kept {
  const [raw] = useKept<unknown>(place, NAME, null);
  return useMemo(() => readPanels(raw), [raw]);
}

/** The panels of a place, as they are kept in the browser for all sweeps of the project. */
export function usePanels(place: string): Arrangement {
  const seen = useKeptPanels(place);
  const isOwn = useIsOwn(place, NAME);
  const kept: Own = isOwn ? seen : undefined;
  const common = readPanels(useCommon(place)?.[NAME]);
  const usual = common ?? AUTOMATIC;
  const [steps, setSteps] = useState<Steps<Own>>(NO_STEPS);
  const [said, say] = useState<Done | null>(null);
  const panels = seen ?? AUTOMATIC;

  const put = useCallback(
    (next: Own, steps: Steps<Own>, words: string) => {
      keep(place, NAME, next);
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
        [panels, usual, ...steps.past, ...steps.future].flatMap((one) => one ?? usual).map(({ id }) => id),
      ),
    );
  const back = undone(steps, kept);
  const again = redone(steps, kept);
  return {
    panels,
    reset: isOwn
      ? {
          name: common === null ? "Automatic panels" : "Everybody's panels",
          act: () => put(undefined, stepped(steps, kept), "Your own arrangement of the panels is gone"),
        }
      : null,
    said,
    change,
    newId,
    undo: back && (() => put(back.value, back.steps, "Undone")),
    redo: again && (() => put(again.value, again.steps, "Done again")),
  };
}
