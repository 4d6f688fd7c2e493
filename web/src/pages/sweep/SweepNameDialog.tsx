import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { sweepQuery } from "../../api/queries";
import { changeSweep } from "../../api/sweepChanges";
import type { Sweep } from "../../api/types";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import styles from "./SweepNameDialog.module.css";

/** What people call the sweep, and what they say about it. */
export function SweepNameDialog({ sweep, close }: { sweep: Sweep; close: () => void }) {
  const id = useId();
  const queries = useQueryClient();
  const [before] = useState({ name: sweep.name, notes: sweep.description ?? "" });
  const [name, setName] = useState(before.name);
  const [notes, setNotes] = useState(before.notes);
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
    <TaskDialog title="Name and notes" name="Save" act={act} close={close}>
      <div className={styles.fields}>
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          type="text"
          value={name}
          placeholder={sweep.id}
          onChange={({ target }) => setName(target.value)}
        />
        <label htmlFor={`${id}-notes`}>Notes, in Markdown</label>
        <textarea
          id={`${id}-notes`}
          rows={8}
          value={notes}
          onChange={({ target }) => setNotes(target.value)}
        />
        <p>An empty name brings back the configuration's own.</p>
      </div>
    </TaskDialog>
  );
}
