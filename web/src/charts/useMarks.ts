import { useDeferredValue, useMemo } from "react";
import { type Brush, NO_FILTER, wanted } from "../view/conditions";
import { useRunView } from "../view/RunView";

export interface Marks {
  /** By matched run: 1 for those that are to stand out. */
  marks: Uint8Array;
  count: number;
}

/** Which of the view's matched runs are to stand out: those inside the brushed ranges, their eyes open. */
export function useMarks(): Marks {
  return useMarksOf(useDeferredValue(useRunView().brush));
}

/** By the brush as it is under the hand now: for the one panel that must not lag behind it. */
export function useMarksNow(): Marks {
  return useMarksOf(useRunView().brush);
}

function useMarksOf(brush: Brush): Marks {
  const { matched, hidden, fieldById } = useRunView();
  return useMemo(() => {
    const inside = wanted({ search: "", filter: NO_FILTER, brush }, fieldById);
    const marks = Uint8Array.from(matched, (run) => (!hidden.has(run.id) && inside(run) ? 1 : 0));
    return { marks, count: marks.reduce((sum, mark) => sum + mark, 0) };
  }, [matched, brush, hidden, fieldById]);
}
