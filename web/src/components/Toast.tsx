import { type ReactNode, useEffect, useState } from "react";
import styles from "./Toast.module.css";

/** Something that was done; another object is another deed. */
export interface Done {
  words: string;
}

interface Props {
  done: Done | null;
  /** What can be done about it. */
  children: ReactNode;
}

const LASTS = 10_000;

/** Says at the foot of the window what was just done. It goes after a while, but not from under the hand. */
export function Toast({ done, children }: Props) {
  const [shown, setShown] = useState(false);
  const [held, setHeld] = useState(false);
  useEffect(() => setShown(done !== null), [done]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each deed is shown for as long
  useEffect(() => {
    if (!shown || held) return;
    const timer = setTimeout(() => setShown(false), LASTS);
    return () => clearTimeout(timer);
  }, [shown, held, done]);
  return (
    <div className={styles.place}>
      {/* It is there before its text is, so that the text is read out. */}
      <div role="status">
        {shown && done !== null && (
          // biome-ignore lint/a11y/noStaticElementInteractions: it only stays for as long as a hand or the focus is on it
          <div
            className={styles.toast}
            onPointerEnter={() => setHeld(true)}
            onPointerLeave={() => setHeld(false)}
            onFocus={() => setHeld(true)}
            onBlur={() => setHeld(false)}
          >
            <span>{done.words}.</span>
            {children}
          </div>
        )}
      </div>
    </div>
  );
}
