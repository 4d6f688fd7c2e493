import { type ReactNode, useId, useRef } from "react";
import { putBelow } from "../lib/putBelow";
import { Button } from "./Button";
import styles from "./Popover.module.css";

const LEAST_HEIGHT = 380;

interface Props {
  /** On the button. */
  name: ReactNode;
  /** Where the button shows a sign only. */
  label?: string;
  look?: "plain" | "ghost";
  title: string;
  width?: number;
  children: ReactNode;
}

/** A button that opens a panel below it. The browser's own popover: Escape and a click elsewhere close it. */
export function Popover({ name, label, look = "plain", title, width = 320, children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const place = () => {
    if (button.current !== null && panel.current !== null)
      putBelow(button.current, panel.current, width, LEAST_HEIGHT);
  };
  return (
    <>
      <Button
        ref={button}
        look={look}
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-label={label}
        onClick={place}
      >
        {name}
      </Button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={`${id}-title`}
        className={styles.panel}
      >
        <h3 id={`${id}-title`}>{title}</h3>
        {children}
      </div>
    </>
  );
}
