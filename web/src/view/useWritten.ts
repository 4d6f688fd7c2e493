import { useEffect } from "react";
import { useSearchParams } from "wouter";

/** Browsers refuse addresses that change at the speed of a mouse. */
const ADDRESS_DELAY = 300;

/**
 * Writes these words, or lists of them, into the address; none where they are empty. Also into an older one that comes
 * back: who leaves the full screen goes back to how the address was before.
 */
export function useWritten(words: Record<string, string | readonly string[]>, local: boolean): void {
  const [address, setAddress] = useSearchParams();
  useEffect(() => {
    if (local || String(withWords(address, words)) === String(address)) return;
    const timer = setTimeout(() => {
      setAddress((params) => withWords(params, words), {
        replace: true,
        state: window.history.state, // others leave their marks there
      });
    }, ADDRESS_DELAY);
    return () => clearTimeout(timer);
  }, [local, words, address, setAddress]);
}

function withWords(address: URLSearchParams, words: Record<string, string | readonly string[]>) {
  const params = new URLSearchParams(address);
  for (const [name, text] of Object.entries(words)) {
    params.delete(name);
    for (const one of [text].flat()) if (one !== "") params.append(name, one);
  }
  return params;
}
