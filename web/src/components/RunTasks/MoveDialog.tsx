import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { projectsQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { plural } from "../../lib/format";
import { Combobox } from "../Combobox";
import { ErrorNote } from "../ErrorNote";
import { change } from "./RunDialog";
import styles from "./RunTasks.module.css";
import { TaskDialog } from "./TaskDialog";

/** Moves runs to another project that there is. `runs`: at least one, all of the same project. */
export function MoveDialog({ runs, close }: { runs: readonly Run[]; close: () => void }) {
  const [to, setTo] = useState("");
  const projects = useQuery(projectsQuery);
  const [first] = runs;
  const others = (projects.data?.projects ?? [])
    .map(({ entity, name }) => `${entity}/${name}`)
    .filter((path) => path !== `${first?.entity}/${first?.project}`);
  return (
    <TaskDialog
      title={`Move ${runs.length === 1 ? first?.name : plural(runs.length, "run")}`}
      name="Move"
      disabled={!others.includes(to)}
      act={() => change("move", runs, { to })}
      close={close}
    >
      {projects.error !== null && <ErrorNote error={projects.error} retry={projects.refetch} />}
      <div className={styles.line}>
        <Combobox
          label="Project"
          autoFocus
          placeholder="To which project"
          className={styles.grow}
          options={others.map((path) => ({ value: path, name: path }))}
          text={to}
          onText={setTo}
          onChoose={setTo}
        />
      </div>
      {projects.isSuccess && others.length === 0 && (
        <p className={styles.soft}>There is no other project yet: one is made by its first run or sweep.</p>
      )}
      <p className={styles.text}>
        They keep their ids and take along all that they have logged; their old addresses lead to the new
        ones. Versions of artifacts stay in this project. Runs of a sweep, and runs that have not ended, stay
        where they are.
      </p>
    </TaskDialog>
  );
}
