import type { RefObject } from "react";
import { useShortcut } from "../app/useShortcut";
import { PANEL } from "./panels";
import { addButton } from "./places";
import type { Arrangement } from "./usePanels";
import { useUndoKeys } from "./useUndoKeys";

/** X closes the panel of `grid` with the focus, A adds one to its section, and changes are taken back by key. */
export function usePanelKeys(
  grid: RefObject<Element | null>,
  arrangement: Arrangement,
  close: (panel: string | null | undefined) => void,
): void {
  useUndoKeys(arrangement);
  useShortcut("x", () => close(grid.current?.querySelector(`[${PANEL}]:focus-within`)?.getAttribute(PANEL)));
  useShortcut("a", () => {
    const button = addButton(grid.current);
    button?.scrollIntoView({ block: "nearest" }); // its menu opens beside it
    button?.click();
  });
}
