import { useCallback, useEffect, useRef, useState } from "react";
import { useRunView } from "../../view/RunView";
import { idsBetween, type Row } from "./groups";

/** Ticks and eyes of the rows, of which more come while it is `loading`. The functions stay the same while rows change. */
export function useTicks(rows: readonly Row[], loading: boolean) {
  const { shown, selected, setSelected, hidden, setHidden } = useRunView();
  /** All that are shown are to be ticked, also those that have not come yet. */
  const [all, setAll] = useState(false);
  const now = useRef({ rows, shown, selected, hidden, last: null as string | null });
  now.current.rows = rows;
  now.current.shown = shown;
  now.current.selected = selected;
  now.current.hidden = hidden;

  /** `through`: all runs from the row that was last ticked to this one. */
  const tick = useCallback(
    (id: string, index: number, through: boolean) => {
      const { rows, selected, last } = now.current;
      const ticked = new Set(selected);
      const on = !ticked.has(id);
      for (const one of idsBetween(rows, through ? last : null, index)) {
        if (on) ticked.add(one);
        else ticked.delete(one);
      }
      now.current.last = id;
      setAll(false);
      setSelected(ticked);
    },
    [setSelected],
  );
  const tickAll = useCallback(
    (runs: readonly { id: string }[], on: boolean) => {
      const ticked = new Set(now.current.selected);
      for (const { id } of runs) {
        if (on) ticked.add(id);
        else ticked.delete(id);
      }
      setAll(false);
      setSelected(ticked);
    },
    [setSelected],
  );
  const tickShown = useCallback(
    (on: boolean) => {
      tickAll(now.current.shown, on);
      setAll(on);
    },
    [tickAll],
  );
  useEffect(() => {
    if (!all) return;
    tickAll(shown, true);
    setAll(loading);
  }, [all, loading, shown, tickAll]);
  const toggleEye = useCallback(
    (id: string) => {
      const closed = new Set(now.current.hidden);
      if (!closed.delete(id)) closed.add(id);
      setHidden(closed);
    },
    [setHidden],
  );
  return { tick, tickAll, tickShown, toggleEye };
}
