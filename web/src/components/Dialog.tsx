import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import styles from "./Dialog.module.css";

interface Props {
  title: string;
  /** Read to who cannot see it, but not shown. */
  titleHidden?: boolean;
  width?: number;
  /** It was left: by Escape, by a click outside, or by the page. */
  onClose: () => void;
  children: ReactNode;
}

/** A question or task that comes before everything else on the page. Open for as long as it is in the document. */
export function Dialog({ title, titleHidden = false, width = 440, onClose, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  /** Outside. What is selected by dragging ends in a click there too, when the hand goes too far. */
  const pressed = useRef(false);
  useLayoutEffect(() => {
    const opened = dialog.current;
    if (opened?.open === false) opened.showModal();
    // Not only out of the document: so the focus goes back to where it was.
    return () => opened?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      style={{ width }}
      aria-labelledby={id}
      onClose={() => dialog.current?.open === false && onClose()}
      onPointerDown={(event) => {
        pressed.current = event.target === dialog.current;
      }}
      onClick={(event) => {
        if (pressed.current && event.target === dialog.current) dialog.current.close();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={styles.inside}>
        <h2 id={id} className={titleHidden ? "visually-hidden" : styles.title}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}

/** The buttons at its end. */
export const DialogButtons = ({ children }: { children: ReactNode }) => (
  <div className={styles.buttons}>{children}</div>
);
