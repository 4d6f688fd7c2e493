import { useMemo } from "react";
import { NO_FILTER, wanted } from "../view/conditions";
import { useRunView } from "../view/RunView";

/**
 * Which of the view's matched runs are to stand out: those inside the brushed ranges, their eyes open.
 * By the brush as it is under the hand now, not as the slower panels have caught up with it.
 */
export function useMarks(): { marks: Uint8Array; count: number } {
  const { matched, brush, hidden, fieldById } = useRunView();
  return useMemo(() => {
    const inside = wanted({ search: "", filter: NO_FILTER, brush }, fieldById);
    const marks = Uint8Array.from(matched, (run) => (!hidden.has(run.id) && inside(run) ? 1 : 0));
    return { marks, count: marks.reduce((sum, mark) => sum + mark, 0) };
  }, [matched, brush, hidden, fieldById]);
}
