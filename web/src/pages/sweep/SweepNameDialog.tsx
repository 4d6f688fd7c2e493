import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { sweepQuery } from "../../api/queries";
import { changeSweep } from "../../api/sweepChanges";
import type { Sweep } from "../../api/types";
import { DraftNote } from "../../components/DraftNote";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { useDraft } from "../../lib/useDraft";
import styles from "./SweepNameDialog.module.css";

/** What people call the sweep, and what they say about it. */
export function SweepNameDialog({ sweep, close }: { sweep: Sweep; close: () => void }) {
  const id = useId();
  const queries = useQueryClient();
  const [before] = useState({ name: sweep.name, notes: sweep.description ?? "" });
  const draft = useDraft(`name-and-notes/${sweep.id}`, before);
  const { name, notes } = draft.value;
  const leave = () => {
    draft.drop();
    close();
  };
  const act = async () => {
    const changed = await changeSweep(sweep.id, {
      // What was not touched is left alone: the name goes on to follow the configuration, and others may have changed either.
      display_name: name === before.name ? undefined : name.trim(),
      description: notes === before.notes ? undefined : notes.trim(),
    });
    queries.setQueryData(sweepQuery(sweep.id).queryKey, changed);
    return null;
  };
  return (
    <TaskDialog title="Name and notes" name="Save" act={act} close={leave}>
      <DraftNote draft={draft} />
      <div className={styles.fields}>
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          type="text"
          value={name}
          placeholder={sweep.id}
          onChange={({ target }) => draft.set({ name: target.value, notes })}
        />
        <label htmlFor={`${id}-notes`}>Notes, in Markdown</label>
        <textarea
          id={`${id}-notes`}
          rows={8}
          value={notes}
          onChange={({ target }) => draft.set({ name, notes: target.value })}
        />
        <p>An empty name brings back the configuration's own.</p>
      </div>
    </TaskDialog>
  );
}
