import { useState } from "react";
import { useDraft } from "../lib/useDraft";
import { useMayWrite } from "../view/MayWrite";
import { Button } from "./Button";
import { Card } from "./Card";
import { DraftNote } from "./DraftNote";
import { ErrorNote } from "./ErrorNote";
import { Markdown } from "./Markdown";
import styles from "./Notes.module.css";
import { Notice } from "./Notice";

interface Props {
  title?: string;
  text: string;
  /** Under what a draft of it is kept: unique on the server. */
  draftName: string;
  /** What somebody would write here. */
  placeholder: string;
  save: (text: string) => Promise<unknown>;
}

/** Notes in Markdown, read until somebody edits them. */
export function Notes({ title = "Notes", text, draftName, placeholder, save }: Props) {
  const mayWrite = useMayWrite();
  const draft = useDraft(draftName, { text, based: text });
  const [editing, setEditing] = useState(() => draft.foundAt !== null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const name = title.toLowerCase();
  const { text: written, based } = draft.value;
  // By somebody else, in another window, or by the program itself.
  const isOvertaken = text !== based && text !== written;
  const edit = (on: boolean) => {
    draft.drop();
    setEditing(on);
  };
  const keep = async () => {
    setBusy(true);
    setError(null);
    try {
      if (written !== text) await save(written);
      edit(false);
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  };
  if (!mayWrite && text === "") return null;
  return (
    <Card
      title={title}
      aside={
        mayWrite &&
        !editing && (
          <Button
            look="ghost"
            className={styles.edit}
            aria-label={text === "" ? `Write ${name}` : `Edit ${name}`}
            onClick={() => edit(true)}
          >
            {text === "" ? "Write" : "Edit"}
          </Button>
        )
      }
    >
      {editing && mayWrite ? (
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
            aria-label={title}
            placeholder={`${placeholder} Markdown works.`}
            value={written}
            rows={Math.min(24, Math.max(5, written.split("\n").length + 1))}
            onChange={(event) => draft.set({ text: event.target.value, based })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isOvertaken) void keep();
            }}
          />
          {isOvertaken ? (
            <>
              <Notice
                role="alert"
                actions={
                  <>
                    <Button onClick={draft.drop}>Take these</Button>
                    <Button busy={busy} onClick={() => void keep()}>
                      Keep mine
                    </Button>
                  </>
                }
              >
                The {name} have changed while you were writing.{" "}
                {text === "" ? "They are empty now." : "They say now:"}
              </Notice>
              <Markdown text={text} />
            </>
          ) : (
            <DraftNote draft={draft} />
          )}
          {error !== null && <ErrorNote error={error} />}
          <div className={styles.buttons}>
            <Button onClick={() => edit(false)}>Not now</Button>
            <Button type="submit" look="primary" disabled={isOvertaken} busy={busy}>
              Save {name}
            </Button>
          </div>
        </form>
      ) : text === "" ? (
        <p className={styles.none}>{placeholder}</p>
      ) : (
        <Markdown text={text} />
      )}
    </Card>
  );
}
