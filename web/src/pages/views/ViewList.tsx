import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import {
  changeDocument,
  type DocumentHead,
  documentQuery,
  documentsQuery,
  removeDocument,
} from "../../api/documents";
import type { ProjectPath } from "../../api/queries";
import { viewPath } from "../../app/routes";
import { Menu } from "../../components/Menu";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { DotsIcon } from "../../components/signs";
import { Ago } from "../../components/Time";
import { useMayWrite } from "../../view/MayWrite";
import styles from "./Views.module.css";

interface Props {
  path: ProjectPath;
  views: readonly DocumentHead[];
}

/** Saved views, each a link, with a menu to rename or delete it. */
export function ViewList({ path, views }: Props) {
  const mayWrite = useMayWrite();
  const [task, setTask] = useState<{ kind: "rename" | "delete"; view: DocumentHead } | null>(null);
  const queries = useQueryClient();
  const done = async () => {
    await queries.invalidateQueries({ queryKey: documentsQuery(path, "view").queryKey });
    return null;
  };
  const close = () => setTask(null);
  return (
    <>
      <ul className={styles.list} aria-label="Saved views">
        {views.map((view) => (
          <li key={view.id}>
            <Link href={viewPath({ ...path, id: view.id })}>{view.title}</Link>
            <span className={styles.soft}>
              {view.editor}, <Ago time={view.updated} />
            </span>
            {mayWrite && (
              <Menu
                label={`Actions of ${view.title}`}
                name={<DotsIcon />}
                items={() => [
                  { name: "Rename…", act: () => setTask({ kind: "rename", view }) },
                  { name: "Delete…", danger: true, act: () => setTask({ kind: "delete", view }) },
                ]}
              />
            )}
          </li>
        ))}
      </ul>
      {task?.kind === "delete" && (
        <TaskDialog
          title={`Delete ${task.view.title}?`}
          name="Delete"
          danger
          close={close}
          act={() => removeDocument(path, task.view.id).then(done)}
        >
          <p className={styles.text}>The view is gone for everybody. Runs and charts stay as they are.</p>
        </TaskDialog>
      )}
      {task?.kind === "rename" && (
        <RenameDialog
          title={task.view.title}
          close={close}
          rename={async (title) => {
            const { content, version } = await queries.fetchQuery(documentQuery(path, task.view.id));
            return changeDocument(path, task.view.id, { title, content, version }).then(done);
          }}
        />
      )}
    </>
  );
}

interface RenameProps {
  title: string;
  rename: (title: string) => Promise<null>;
  close: () => void;
}

function RenameDialog({ title, rename, close }: RenameProps) {
  const [name, setName] = useState(title);
  const act = async () => (name.trim() === "" ? null : rename(name.trim()));
  return (
    <TaskDialog title={`Rename ${title}`} name="Rename" act={act} close={close}>
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
        autoFocus
        className={styles.name}
        aria-label="Name"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </TaskDialog>
  );
}
