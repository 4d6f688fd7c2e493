import { type KeyboardEvent, type RefObject, useCallback } from "react";

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };

/**
 * Arrow keys move the focus from row to row, also to rows that are not in the document yet, and stay with the same
 * part of it: its tick, its colour, its eye, its name or its menu.
 */
export function useRowKeys(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  scrollTo: (index: number) => void,
) {
  return useCallback(
    (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as HTMLElement;
      const row = at.closest<HTMLElement>("tr[data-index]");
      if (row === null && at !== scroller.current && at.closest("thead") === null) return;
      const current = row === null ? -1 : Number(row.dataset.index);
      let next: number;
      if (event.key in STEPS) next = current + (STEPS[event.key] ?? 0);
      else if (event.key === "Home") next = 0;
      else if (event.key === "End") next = count - 1;
      else return;
      if (row === null && event.key !== "ArrowDown") return;
      event.preventDefault();
      next = Math.max(0, Math.min(count - 1, next));
      const part = at.dataset.part ?? "open";
      const focus = () => {
        const target = scroller.current?.querySelector<HTMLElement>(`tr[data-index="${next}"]`);
        const wanted =
          target?.querySelector<HTMLElement>(`[data-part="${part}"]`) ??
          target?.querySelector<HTMLElement>("[data-part=open]");
        wanted?.focus({ preventScroll: true });
        return wanted !== null && wanted !== undefined;
      };
      const shown = focus();
      scrollTo(next);
      // A row out of sight is rendered first.
      if (!shown) requestAnimationFrame(() => requestAnimationFrame(focus));
    },
    [scroller, count, scrollTo],
  );
}
