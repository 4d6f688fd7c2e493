/** Panels and heads of sections as they stand on the page, and how keys go from one to another. */
import type { KeyboardEvent } from "react";
import { GROUP } from "../components/screen";
import { PANEL } from "./panels";

/** The attribute of a head, beside that of all; it holds the section's id. */
export const SECTION = "data-section";
/** Of what is around the button of a menu, at which keys begin. */
export const DOTS = "data-dots";

export const placeOf = (grid: Element | null, id: string): Element | null =>
  grid?.querySelector(`[${PANEL}="${CSS.escape(id)}"]`) ?? null;

export const titleOf = (grid: Element | null, id: string): string =>
  placeOf(grid, id)?.querySelector("h2, h3")?.textContent ?? "";

export const dotsOf = (place: Element | null | undefined): HTMLElement | null | undefined =>
  place?.querySelector<HTMLElement>(`[${DOTS}] button`);

/** The button that adds a panel to the section with the focus, else to none. */
export function addButton(grid: Element | null): HTMLElement | null | undefined {
  const at = grid?.querySelector(`[${PANEL}]:focus-within`);
  const section = at?.getAttribute(GROUP) ?? at?.getAttribute(PANEL) ?? "";
  const head = grid?.querySelector(`[${SECTION}="${CSS.escape(section)}"]`);
  return (head ?? grid)?.querySelector<HTMLElement>("[aria-haspopup=menu]");
}

/** null where it cannot be moved further. */
export interface Moves {
  earlier: (() => void) | null;
  later: (() => void) | null;
}

/** Left and right go to the dots of what is beside it; with Shift the arrow keys move the panel itself, as they move axes. */
export function onArrow(event: KeyboardEvent, { earlier, later }: Moves): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.key.startsWith("Arrow")) return;
  const back = event.key === "ArrowLeft" || event.key === "ArrowUp";
  if (event.shiftKey) (back ? earlier : later)?.();
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const at = event.currentTarget.closest(`[${PANEL}]`);
    const all: (Element | null)[] = [...(at?.parentElement?.querySelectorAll(`:scope > [${PANEL}]`) ?? [])];
    dotsOf(all[all.indexOf(at) + (back ? -1 : 1)])?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
