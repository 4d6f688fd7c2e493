import { type ChangeDetails, changeRuns } from "../../api/runChanges";
import type { Run, RunAction } from "../../api/types";
import { formatCount, plural } from "../../lib/format";
import { MoveDialog } from "./MoveDialog";
import { isUnfinished } from "./possible";
import { Refused } from "./Refused";
import { RenameDialog } from "./RenameDialog";
import { RunAgainDialog } from "./RunAgainDialog";
import styles from "./RunTasks.module.css";
import { TagsDialog } from "./TagsDialog";
import { TaskDialog } from "./TaskDialog";

export interface Task {
  kind: "rename" | "tags" | "move" | "again" | "stop" | "delete";
  runs: readonly Run[];
}

interface Props {
  task: Task;
  /** What addresses of runs take along: of which table they are. */
  words: string;
  /** To another run than the one whose page this is. */
  open?: (id: string) => void;
  close: () => void;
}

/** The dialog of something to do with some runs: it says what will happen, and then what could not be done. */
export function RunDialog({ task: { kind, runs }, words, open: openRun, close }: Props) {
  const [first] = runs;
  if (first === undefined) return null;
  const them = runs.length === 1 ? first.name : plural(runs.length, "run");
  if (kind === "rename") return <RenameDialog run={first} close={close} />;
  if (kind === "tags") return <TagsDialog ids={runs.map(({ id }) => id)} close={close} />;
  if (kind === "move") return <MoveDialog runs={runs} close={close} />;
  if (kind === "again") return <RunAgainDialog {...{ runs, words, close }} open={openRun} />;
  const open = runs.filter(isUnfinished);
  if (kind === "stop") {
    return (
      <TaskDialog title={`Stop ${them}?`} name="Stop" act={() => change("stop", open)} close={close}>
        <p className={styles.text}>
          {runs.length > 1 && `${formatCount(open.length)} of ${formatCount(runs.length)} have not ended. `}
          The program is told to end, and the run's state becomes killed. What it has logged stays, and its
          agent goes on with the next run.
        </p>
      </TaskDialog>
    );
  }
  return (
    <TaskDialog
      title={`Delete ${them}?`}
      name="Delete"
      danger
      act={() => change("delete", runs)}
      close={close}
    >
      <p className={styles.text}>
        {open.length > 0 && `${plural(open.length, "run")} still at work will be stopped. `}
        Deleted runs leave every table and chart, and the search forgets them: a grid hands out their points
        again. Their names and IDs stay taken. For seven days you can bring them back, in the menu of the
        table.
      </p>
    </TaskDialog>
  );
}

/** Does it, and answers what could not be done. */
export async function change(action: RunAction, runs: readonly Run[], more?: ChangeDetails) {
  const [first] = runs;
  if (first === undefined) return null;
  const told = await changeRuns(
    first,
    action,
    runs.map(({ id }) => id),
    more,
  );
  return told.refused === 0 ? null : <Refused told={told} runs={runs} what="changed" />;
}
