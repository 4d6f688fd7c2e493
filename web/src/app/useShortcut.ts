import { useEffect, useRef } from "react";
import { useKept } from "../view/kept";

const TYPED_INTO = "input, textarea, select, [contenteditable]";

/** Who speaks to the machine, or brushes against keys, can do without shortcuts of a single key. */
export const useSingleKeys = () => useKept("page", "single keys", true);

/**
 * Calls `action` when a key is pressed that nothing else on the page wants: not while somebody types, nor below an open
 * dialog. `key`: as the browser names it; `ctrl+k` also means the command key, and counts everywhere.
 */
export function useShortcut(key: string, action: () => void): void {
  const [isOn] = useSingleKeys();
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const withControl = key.startsWith("ctrl+");
    const wanted = withControl ? key.slice(5) : key;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== wanted || event.altKey || event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) !== withControl) return;
      if (event.shiftKey && wanted > "@") return; // a letter; signs need Shift, here or elsewhere
      const at = event.target as HTMLElement;
      if (
        !withControl &&
        (at.closest(TYPED_INTO) !== null || document.querySelector("dialog[open]") !== null || !isOn)
      )
        return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [key, isOn]);
}
