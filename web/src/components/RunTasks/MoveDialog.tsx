import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { projectsQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { formatCount, plural } from "../../lib/format";
import { Combobox } from "../Combobox";
import { ErrorNote } from "../ErrorNote";
import { isUnfinished } from "./possible";
import { change } from "./RunDialog";
import styles from "./RunTasks.module.css";
import { TaskDialog } from "./TaskDialog";

/** Whether it may leave its project: a sweep needs its runs, and a program its run, where they are. */
const movable = (run: Run): boolean => run.sweep_id === null && !isUnfinished(run);

/** Moves those of some runs of a project that can be moved to another project that there is. */
export function MoveDialog({ runs, close }: { runs: readonly Run[]; close: () => void }) {
  const [to, setTo] = useState("");
  const projects = useQuery(projectsQuery);
  const moving = runs.filter(movable);
  const [first] = runs;
  const others = (projects.data?.projects ?? [])
    .map(({ entity, name }) => `${entity}/${name}`)
    .filter((path) => path !== `${first?.entity}/${first?.project}`);
  const staying = runs.length - moving.length;
  return (
    <TaskDialog
      title={`Move ${runs.length === 1 ? first?.name : plural(moving.length, "run")}`}
      name="Move"
      disabled={moving.length === 0 || !others.includes(to)}
      act={() => change("move", moving, { to })}
      close={close}
    >
      <p className={styles.text}>
        {staying > 0 &&
          `${formatCount(staying)} of ${formatCount(runs.length)} stay: runs of a sweep, and runs that have not ended, are needed here. `}
        Moved runs keep their IDs and take along all that they have logged; their old addresses lead to the
        new ones. Versions of artifacts stay in this project.
      </p>
      {projects.error !== null && <ErrorNote error={projects.error} retry={projects.refetch} />}
      {projects.isSuccess && others.length === 0 ? (
        <p className={styles.soft}>There is no other project yet: its first run or sweep makes one.</p>
      ) : (
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
      )}
    </TaskDialog>
  );
}
