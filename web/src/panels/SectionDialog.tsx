import { useId, useState } from "react";
import { Button } from "../components/Button";
import { Dialog, DialogButtons } from "../components/Dialog";
import styles from "./Panels.module.css";

interface Props {
  /** As it is called now; null: it is a new one. */
  name: string | null;
  /** Names of all sections. */
  taken: readonly string[];
  save: (name: string) => void;
  close: () => void;
}

/** Asks for the name of a section. */
export function SectionDialog({ name, taken, save, close }: Props) {
  const [text, setText] = useState(name ?? "");
  const problem = useId();
  const next = text.trim();
  const isTaken = next !== name && taken.includes(next);
  return (
    <Dialog title={name === null ? "Add section" : `Rename ${name}`} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          close(); // before: what is saved takes the focus
          save(next);
        }}
      >
        <label className={styles.name}>
          Name
          <input
            autoFocus
            maxLength={100}
            value={text}
            aria-invalid={isTaken}
            aria-describedby={problem}
            onFocus={({ target }) => target.select()}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <p id={problem} className={styles.problem} role="status">
          {isTaken && `There is a section ${next} already. Choose another name.`}
        </p>
        <DialogButtons>
          <Button onClick={close}>Not now</Button>
          <Button type="submit" look="primary" disabled={next === "" || isTaken}>
            {name === null ? "Add section" : "Rename"}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
