import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createDocument, documentsQuery } from "../../api/documents";
import type { ProjectPath } from "../../api/queries";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { allKept } from "../../view/kept";
import { useMayWrite } from "../../view/MayWrite";
import { ForEverybody } from "./ForEverybody";
import { viewOf } from "./savedView";
import { ViewList } from "./ViewList";
import styles from "./Views.module.css";

/** Saves the page as it is now under a name; below, what was saved before. */
export default function ViewsPanel({ path }: { path: ProjectPath }) {
  const mayWrite = useMayWrite();
  const [title, setTitle] = useState("");
  const queries = useQueryClient();
  const views = useQuery(documentsQuery(path, "view"));
  const save = useMutation({
    mutationFn: () => {
      const kept = allKept(`${path.entity}/${path.project}`);
      const view = viewOf(window.location.pathname, window.location.search, kept);
      return createDocument(path, "view", title.trim(), { ...view });
    },
    onSuccess: () => {
      setTitle("");
      void queries.invalidateQueries({ queryKey: documentsQuery(path, "view").queryKey });
    },
  });
  return (
    <div className={styles.panel}>
      {mayWrite && (
        <form
          className={styles.save}
          onSubmit={(event) => {
            event.preventDefault();
            if (title.trim() !== "") save.mutate();
          }}
        >
          <input
            aria-label="Name of this view"
            placeholder="Name of this view"
            maxLength={100}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
          <Button type="submit" look="primary" disabled={title.trim() === ""} busy={save.isPending}>
            Save
          </Button>
        </form>
      )}
      {save.error !== null && <ErrorNote error={save.error} />}
      {views.data?.documents.length === 0 && (
        <p className={styles.soft}>
          A view keeps what is chosen of the runs, and how columns and charts are arranged, for everybody who
          can see the project.
        </p>
      )}
      <ViewList path={path} views={views.data?.documents ?? []} />
      <ForEverybody path={path} />
    </div>
  );
}
