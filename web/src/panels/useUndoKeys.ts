import { useEffect, useRef } from "react";
import type { Arrangement } from "./usePanels";

/** Where these keys are the browser's own. */
const TYPED_INTO = "input, textarea, select, [contenteditable], dialog";

/** Ctrl+Z takes the last change back, Ctrl+Y or Ctrl+Shift+Z makes it again. */
export function useUndoKeys(arrangement: Pick<Arrangement, "undo" | "redo">): void {
  const latest = useRef(arrangement);
  latest.current = arrangement;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
      const key = event.key.toLowerCase();
      const { undo, redo } = latest.current;
      const act = key === "z" && !event.shiftKey ? undo : key === "y" || key === "z" ? redo : null;
      if (act === null || (event.target as HTMLElement).closest(TYPED_INTO) !== null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
