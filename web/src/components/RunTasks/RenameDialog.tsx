import { useState } from "react";
import { renameRun } from "../../api/runChanges";
import type { Run } from "../../api/types";
import { useMayWrite } from "../../view/MayWrite";
import { realName } from "../../view/ownNames";
import { useOwnName } from "../../view/useOwnNames";
import { Choice } from "../Choice";
import styles from "./RunTasks.module.css";
import { TaskDialog } from "./TaskDialog";

const WHOSE = [
  ["everybody", "For everybody"],
  ["me", "Only in my workspace"],
] as const;

/** To type there. React's own `autoFocus` comes before a dialog is shown, which then takes its first control. */
const focusFirst = (field: HTMLElement | null) => field?.setAttribute("autofocus", "");

/** Another name for a run: for everybody, or for one's own eyes, which takes no right to write. */
export function RenameDialog({ run, close }: { run: Run; close: () => void }) {
  const mayWrite = useMayWrite();
  const [own, setOwn] = useOwnName(`${run.entity}/${run.project}`, run.id);
  const [whose, setWhose] = useState<"everybody" | "me">(mayWrite && own === undefined ? "everybody" : "me");
  const [typed, setTyped] = useState<string | null>(null);
  const real = realName(run);
  const rename = async () => {
    const name = (typed ?? (whose === "me" ? run.name : real)).trim();
    if (whose === "everybody" && name !== real) await renameRun(run, run.id, name);
    // What was said last is what is seen.
    setOwn(whose === "everybody" || name === real ? "" : name);
    return null;
  };
  return (
    <TaskDialog title={`Rename ${run.name}`} name="Rename" act={rename} close={close}>
      {mayWrite && (
        <div className={styles.line}>
          <Choice label="Whose name" options={WHOSE} value={whose} onChange={setWhose} />
        </div>
      )}
      <input
        ref={focusFirst}
        className={styles.input}
        aria-label="Name"
        value={typed ?? (whose === "me" ? run.name : real)}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value)}
      />
      <p className={styles.text}>
        {whose === "everybody"
          ? "Everybody sees this name. Left empty, the run gets a new random one."
          : `Only you see this name, in this browser: others and files keep ${real}. Left empty, you see that too.`}
      </p>
    </TaskDialog>
  );
}
