import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
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
  const toast = useRef<HTMLDivElement>(null);
  const focused = useRef(false);
  useEffect(() => setShown(done !== null), [done]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each deed is shown for as long
  useEffect(() => {
    if (!shown) return;
    // Asked then, not told by events: none comes from a button that goes away under the hand.
    const timer = setInterval(() => {
      const held = toast.current?.matches(":hover") || toast.current?.contains(document.activeElement);
      if (!held) setShown(false);
    }, LASTS);
    return () => clearInterval(timer);
  }, [shown, done]);
  // A button that was pressed may be gone with what it did; the focus stays with what can be done now.
  useLayoutEffect(() => {
    if (focused.current && document.activeElement === document.body)
      toast.current?.querySelector("button")?.focus();
  });
  return (
    <div className={styles.place}>
      {/* It is there before its text is, so that the text is read out. */}
      <div role="status">
        {shown && done !== null && (
          // biome-ignore lint/a11y/noStaticElementInteractions: it only remembers where the focus is
          <div
            ref={toast}
            className={styles.toast}
            onFocus={() => {
              focused.current = true;
            }}
            onBlur={() => {
              focused.current = false;
            }}
          >
            <span>{done.words}.</span>
            {children}
          </div>
        )}
      </div>
    </div>
  );
}
