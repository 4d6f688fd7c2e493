import { useMemo, useState } from "react";
import { changeRuns } from "../../api/runChanges";
import type { Run } from "../../api/types";
import { plural } from "../../lib/format";
import { useRunView } from "../../view/RunView";
import { Button } from "../Button";
import { Combobox } from "../Combobox";
import { Dialog, DialogButtons } from "../Dialog";
import { ErrorNote } from "../ErrorNote";
import { CrossIcon } from "../signs";
import styles from "./RunTasks.module.css";

/** Adds and removes tags. `ids`: of the runs, which are read as they are now. */
export function TagsDialog({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const { all } = useRunView();
  const [tag, setTag] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const wanted = useMemo(() => new Set(ids), [ids]);
  const runs = useMemo(() => all.filter(({ id }) => wanted.has(id)), [all, wanted]);
  const known = useMemo(() => counted(all), [all]);
  const mine = useMemo(() => counted(runs), [runs]);
  const [first] = runs;
  const change = (action: "add_tags" | "remove_tags", name: string) => {
    if (name === "" || first === undefined) return;
    setError(null);
    setTag("");
    changeRuns(first, action, ids, { tags: [name] }).catch(setError);
  };
  return (
    <Dialog title={`Tags of ${runs.length === 1 ? first?.name : plural(ids.length, "run")}`} onClose={close}>
      <form
        className={styles.line}
        onSubmit={(event) => {
          event.preventDefault();
          change("add_tags", tag.trim());
        }}
      >
        <Combobox
          label="Tag"
          autoFocus
          placeholder="A tag, new or known"
          className={styles.grow}
          options={[...known.keys()].map((name) => ({ value: name, name }))}
          text={tag}
          onText={setTag}
          onChoose={setTag}
        />
        <Button type="submit" look="primary">
          Add
        </Button>
      </form>
      {mine.size === 0 && <p className={styles.soft}>No tags yet.</p>}
      <ul className={styles.tags} aria-label="Tags">
        {[...mine].map(([name, count]) => (
          <li key={name}>
            {name}
            {runs.length > 1 && (
              <span className={styles.soft}>
                {count} of {runs.length}
              </span>
            )}
            <Button look="ghost" aria-label={`Remove ${name}`} onClick={() => change("remove_tags", name)}>
              <CrossIcon />
            </Button>
          </li>
        ))}
      </ul>
      {error !== null && <ErrorNote error={error} />}
      <DialogButtons>
        <Button onClick={close}>Close</Button>
      </DialogButtons>
    </Dialog>
  );
}

/** Number of runs by tag. */
function counted(runs: readonly Run[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { tags } of runs) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return counts;
}
