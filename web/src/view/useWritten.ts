import { useEffect } from "react";
import { useSearchParams } from "wouter";

/** Browsers refuse addresses that change at the speed of a mouse. */
const ADDRESS_DELAY = 300;

/** Writes these words, or lists of them, into the address; none where they are empty. */
export function useWritten(words: Record<string, string | readonly string[]>, local: boolean): void {
  const [, setAddress] = useSearchParams();
  useEffect(() => {
    if (local) return;
    const timer = setTimeout(() => {
      setAddress(
        (params) => {
          for (const [name, text] of Object.entries(words)) {
            params.delete(name);
            for (const one of [text].flat()) if (one !== "") params.append(name, one);
          }
          return params;
        },
        { replace: true, state: window.history.state }, // others leave their marks there
      );
    }, ADDRESS_DELAY);
    return () => clearTimeout(timer);
  }, [local, words, setAddress]);
}
