import { type ReactNode, useState } from "react";
import { Button } from "../Button";
import { Dialog, DialogButtons } from "../Dialog";
import { ErrorNote } from "../ErrorNote";

interface Props {
  title: string;
  /** On the button that does it. */
  name: string;
  danger?: boolean;
  /** Nothing is chosen yet. */
  disabled?: boolean;
  /** What it answers is shown instead of closing: what could not be done. */
  act: () => Promise<ReactNode>;
  close: () => void;
  children: ReactNode;
}

/** Something to do that is said before it is done. */
export function TaskDialog({ title, name, danger = false, disabled = false, act, close, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [left, setLeft] = useState<ReactNode>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const rest = await act();
      if (rest) setLeft(rest);
      else close();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={close}>
      {left === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          {children}
          {error !== null && <ErrorNote error={error} />}
          <DialogButtons>
            <Button onClick={close}>Not now</Button>
            <Button type="submit" look={danger ? "danger" : "primary"} disabled={disabled} busy={busy}>
              {name}
            </Button>
          </DialogButtons>
        </form>
      ) : (
        <>
          {left}
          <DialogButtons>
            <Button onClick={close}>Close</Button>
          </DialogButtons>
        </>
      )}
    </Dialog>
  );
}
