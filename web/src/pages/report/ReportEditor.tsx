import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { changeDocument, type Document, documentQuery } from "../../api/documents";
import { isStatus } from "../../api/errors";
import { type ProjectPath, sweepsQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { DraftNote } from "../../components/DraftNote";
import { ErrorNote } from "../../components/ErrorNote";
import { Menu } from "../../components/Menu";
import { Notice } from "../../components/Notice";
import { useDraft } from "../../lib/useDraft";
import page from "../Page.module.css";
import { KINDS, NAMES, type PanelKind, template } from "./panels";
import styles from "./Report.module.css";
import { ReportText } from "./ReportText";
import { markdownOf } from "./reportContent";

interface Props {
  path: ProjectPath;
  /** As it is on the server; a newer version than the one that is being edited is told of. */
  report: Document;
  saved: (report: Document) => void;
  done: () => void;
}

/** Text at the left, what becomes of it at the right. */
export function ReportEditor({ path, report, saved, done }: Props) {
  const queries = useQueryClient();
  const onServer = { title: report.title, text: markdownOf(report.content), version: report.version };
  const draft = useDraft(`report/${report.id}`, onServer);
  const { title, text, version } = draft.value;
  // What others save meanwhile is no change of the writer's.
  const [base, setBase] = useState(onServer);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const preview = useDeferredValue(text);
  const sweeps = useQuery(sweepsQuery(path)).data?.sweeps ?? [];
  const changed = title !== base.title || text !== base.text;
  const overtaken = onServer.version > version;

  useEffect(() => {
    if (!changed) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [changed]);

  const leave = () => {
    draft.drop();
    done();
  };
  const save = async (over: number) => {
    setBusy(true);
    setError(null);
    try {
      const content = { ...report.content, markdown: text };
      saved(await changeDocument(path, report.id, { title: title.trim(), content, version: over }));
      leave();
    } catch (failure) {
      // The newer version brings the choice between the two.
      if (isStatus(failure, 409)) await queries.invalidateQueries(documentQuery(path, report.id));
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  };
  const takeTheirs = () => {
    draft.drop();
    setBase(onServer);
    setError(null);
  };
  const insert = (kind: PanelKind) => {
    if (busy) return;
    const at = area.current?.selectionEnd ?? text.length;
    const panel = template(kind, sweeps[0]?.id ?? "ID-OF-A-SWEEP");
    draft.set({ ...draft.value, text: text.slice(0, at) + panel + text.slice(at) });
    area.current?.focus();
  };
  return (
    <form
      className={page.page}
      onSubmit={(event) => {
        event.preventDefault();
        void save(version);
      }}
    >
      <h1 className="visually-hidden">Edit {report.title}</h1>
      <div className={styles.head}>
        <input
          className={styles.title}
          aria-label="Title"
          value={title}
          required
          readOnly={busy}
          maxLength={200}
          onChange={(event) => draft.set({ ...draft.value, title: event.target.value })}
        />
        <div className={styles.buttons}>
          <Menu
            label="Insert panel"
            name="Insert panel"
            look="plain"
            items={() => KINDS.map((kind) => ({ name: NAMES[kind], act: () => insert(kind) }))}
          />
          <Button onClick={leave}>{changed ? "Discard" : "Close"}</Button>
          <Button
            type="submit"
            look="primary"
            disabled={!changed || overtaken || title.trim() === ""}
            busy={busy}
          >
            Save
          </Button>
        </div>
      </div>
      {overtaken ? (
        <Notice
          role="alert"
          actions={
            <>
              <Button onClick={takeTheirs}>Take theirs</Button>
              <Button busy={busy} onClick={() => void save(report.version)}>
                Keep mine
              </Button>
            </>
          }
        >
          {report.editor} has changed this report while you were editing it.
        </Notice>
      ) : (
        <DraftNote draft={draft} />
      )}
      {error !== null && !(isStatus(error, 409) && overtaken) && <ErrorNote error={error} />}
      <div className={styles.sides}>
        <textarea
          ref={area}
          className={styles.source_text}
          aria-label="Text in Markdown"
          placeholder={
            "# What was tried\n\nWrite in Markdown; Insert panel puts a live chart where the cursor is."
          }
          spellCheck
          readOnly={busy}
          value={text}
          onChange={(event) => draft.set({ ...draft.value, text: event.target.value })}
        />
        {preview.trim() !== "" && (
          <section className={styles.preview} aria-label="Preview">
            <ReportText path={path} text={preview} />
          </section>
        )}
      </div>
    </form>
  );
}
