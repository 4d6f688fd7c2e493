import { useDeferredValue, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { cardInAddress, isOnPage, subscribe } from "../components/screen";
import { searchPattern } from "../view/conditions";

export interface PanelSearch {
  /** As it is typed. */
  text: string;
  set: (text: string) => void;
  /** What titles must match; null: nothing is searched. It follows the text when there is time, but what is cleared at once. */
  pattern: RegExp | null;
}

/**
 * The panels that the reader looks for. It is kept nowhere and ends when the page is left: a panel that stayed away
 * because of a word typed long ago would be taken for lost.
 */
export function usePanelSearch(): PanelSearch {
  const [text, set] = useState("");
  const words = useDeferredValue(text);
  const pattern = useMemo(() => searchPattern(text && words), [text, words]);
  // What an address names is shown, whatever is looked for.
  const named = useSyncExternalStore(subscribe, cardInAddress);
  useEffect(() => {
    if (named !== null && !isOnPage(named)) set("");
  }, [named]);
  return useMemo(() => ({ text, set, pattern }), [text, pattern]);
}
