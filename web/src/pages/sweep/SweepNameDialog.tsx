import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { sweepQuery } from "../../api/queries";
import { changeSweep } from "../../api/sweepChanges";
import type { Sweep } from "../../api/types";
import { DraftNote } from "../../components/DraftNote";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { type Draft, useDraft } from "../../lib/useDraft";
import styles from "./SweepNameDialog.module.css";

/** What people call the sweep, and what they say about it. */
export default function SweepNameDialog({ sweep, close }: { sweep: Sweep; close: () => void }) {
  const id = useId();
  const queries = useQueryClient();
  const [before] = useState({ name: sweep.name, notes: sweep.description ?? "" });
  // A draft each: one of both would bring back what others have changed since in the one that was not touched.
  const name = useDraft(`name/${sweep.id}`, { text: before.name });
  const notes = useDraft(`notes/${sweep.id}`, { text: before.notes });
  const both = together(name, notes);
  const leave = () => {
    both.drop();
    close();
  };
  const act = async () => {
    const changed = await changeSweep(sweep.id, {
      // What was not touched is left alone: the name goes on to follow the configuration, and others may have changed either.
      display_name: touched(name.value.text, before.name),
      description: touched(notes.value.text, before.notes),
    });
    queries.setQueryData(sweepQuery(sweep.id).queryKey, changed);
    return null;
  };
  return (
    <TaskDialog title="Name and notes" name="Save" act={act} close={leave}>
      <DraftNote draft={both} />
      <div className={styles.fields}>
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          type="text"
          value={name.value.text}
          placeholder={sweep.id}
          onChange={({ target }) => {
            both.keep();
            name.set({ text: target.value });
          }}
        />
        <label htmlFor={`${id}-notes`}>Notes, in Markdown</label>
        <textarea
          id={`${id}-notes`}
          rows={8}
          value={notes.value.text}
          onChange={({ target }) => {
            both.keep();
            notes.set({ text: target.value });
          }}
        />
        <p>An empty name brings back the configuration's own.</p>
      </div>
    </TaskDialog>
  );
}

const touched = (text: string, before: string): string | undefined =>
  text === before ? undefined : text.trim();

type Text = { text: string };

/** Two drafts, as far as a note tells of them and what becomes of both. */
const together = (one: Draft<Text>, other: Draft<Text>): Draft<Text> => ({
  ...one,
  foundAt: one.foundAt ?? other.foundAt,
  keep: () => {
    one.keep();
    other.keep();
  },
  drop: () => {
    one.drop();
    other.drop();
  },
});
