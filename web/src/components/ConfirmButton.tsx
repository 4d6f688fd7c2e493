import { type ToggleEvent, useId, useRef, useState } from "react";
import { putBelow } from "../lib/putBelow";
import { Button } from "./Button";
import styles from "./ConfirmButton.module.css";
import { ErrorNote } from "./ErrorNote";

const WIDTH = 320;
const LEAST_HEIGHT = 160;

interface Props {
  name: string;
  question: string;
  /** What will happen, before it happens. */
  explanation: string;
  danger?: boolean;
  act: () => Promise<unknown>;
}

/** A button that asks first. The browser's own popover: Escape and a click elsewhere close it, focus comes back. */
export function ConfirmButton({ name, question, explanation, danger = false, act }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);

  const onToggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState === "open") panel.current?.querySelector<HTMLElement>("[data-confirm]")?.focus();
    else setError(null);
  };
  const place = () => {
    if (button.current !== null && panel.current !== null)
      putBelow(button.current, panel.current, WIDTH, LEAST_HEIGHT);
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await act();
      panel.current?.hidePopover();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button ref={button} popoverTarget={id} aria-haspopup="dialog" onClick={place}>
        {name}
      </Button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
        className={styles.panel}
        onToggle={onToggle}
      >
        <h2 id={`${id}-title`}>{question}</h2>
        <p id={`${id}-text`} className={styles.text}>
          {explanation}
        </p>
        {error !== null && <ErrorNote error={error} />}
        <div className={styles.buttons}>
          <Button popoverTarget={id} popoverTargetAction="hide">
            Not now
          </Button>
          <Button
            data-confirm
            look={danger ? "danger" : "primary"}
            disabled={busy}
            onClick={() => void confirm()}
          >
            {question.replace("?", "")}
          </Button>
        </div>
      </div>
    </>
  );
}
