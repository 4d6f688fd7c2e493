import { type ToggleEvent, useId, useRef, useState } from "react";
import { Button } from "./Button";
import styles from "./ConfirmButton.module.css";
import { ErrorNote } from "./ErrorNote";
import { Popover } from "./Popover";

interface Props {
  name: string;
  question: string;
  /** What will happen, before it happens. */
  explanation: string;
  danger?: boolean;
  act: () => Promise<unknown>;
}

/** A button that asks first, in a popover. */
export function ConfirmButton({ name, question, explanation, danger = false, act }: Props) {
  const explanationId = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);

  const onToggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState === "open") panel.current?.querySelector<HTMLElement>("[data-confirm]")?.focus();
    else setError(null);
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
    <Popover name={name} title={question} describedBy={explanationId} panel={panel} onToggle={onToggle}>
      <p id={explanationId} className={styles.text}>
        {explanation}
      </p>
      {error !== null && <ErrorNote error={error} />}
      <div className={styles.buttons}>
        <Button onClick={() => panel.current?.hidePopover()}>Not now</Button>
        <Button data-confirm look={danger ? "danger" : "primary"} busy={busy} onClick={() => void confirm()}>
          {question.replace("?", "")}
        </Button>
      </div>
    </Popover>
  );
}
