import { useState } from "react";
import { Button } from "../components/Button";
import { Dialog, DialogButtons } from "../components/Dialog";
import styles from "./Panels.module.css";

interface Props {
  /** As it is called now; null: it is a new one. */
  name: string | null;
  save: (name: string) => void;
  close: () => void;
}

/** Asks for the name of a section. */
export function SectionDialog({ name, save, close }: Props) {
  const [text, setText] = useState(name ?? "");
  const next = text.trim();
  return (
    <Dialog title={name === null ? "A section of panels" : `Rename ${name}`} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          close(); // before: what is saved takes the focus
          save(next);
        }}
      >
        <input
          autoFocus
          className={styles.name}
          aria-label="Name"
          placeholder="Its name"
          maxLength={100}
          value={text}
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => setText(target.value)}
        />
        <DialogButtons>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" disabled={next === ""}>
            {name === null ? "Add section" : "Rename"}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
