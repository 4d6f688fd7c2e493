import { useState } from "react";
import { Button } from "./Button";
import { Card } from "./Card";
import { ErrorNote } from "./ErrorNote";
import { Markdown } from "./Markdown";
import styles from "./Notes.module.css";

interface Props {
  text: string;
  /** What somebody would write here. */
  placeholder: string;
  save: (text: string) => Promise<unknown>;
}

/** Notes in Markdown, read until somebody edits them. */
export function Notes({ text, placeholder, save }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const keep = async () => {
    if (draft === null) return;
    setBusy(true);
    setError(null);
    try {
      if (draft !== text) await save(draft);
      setDraft(null);
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card
      title="Notes"
      aside={
        draft === null && (
          <Button
            look="ghost"
            aria-label={text === "" ? "Write notes" : "Edit notes"}
            onClick={() => setDraft(text)}
          >
            {text === "" ? "Write" : "Edit"}
          </Button>
        )
      }
    >
      {draft === null ? (
        text === "" ? (
          <p className={styles.none}>{placeholder}</p>
        ) : (
          <Markdown text={text} />
        )
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void keep();
          }}
        >
          <textarea
            // biome-ignore lint/a11y/noAutofocus: it was opened to type here
            autoFocus
            className={styles.text}
            aria-label="Notes"
            placeholder={`${placeholder} Markdown works.`}
            value={draft}
            rows={Math.min(24, Math.max(5, draft.split("\n").length + 1))}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void keep();
            }}
          />
          {error !== null && <ErrorNote error={error} />}
          <div className={styles.buttons}>
            <Button onClick={() => setDraft(null)}>Not now</Button>
            <Button type="submit" look="primary" disabled={busy}>
              Save notes
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
}
