import { useState } from "react";
import { NO_FILTER } from "../../view/conditions";
import { useRunView } from "../../view/RunView";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { ConditionRow } from "./ConditionRow";
import { conditionOf, type Draft, draftOf, knownValues } from "./drafts";
import styles from "./RunsBar.module.css";

const JOINS = [
  ["and", "all of these hold"],
  ["or", "any of these holds"],
] as const;

/** Every change counts at once; what is not whole yet counts for nothing. */
export default function Conditions() {
  const { filter, setFilter, fieldById, all } = useRunView();
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => {
    const written = filter.conditions.map((one) => draftOf(one, fieldById.get(one.field)?.kind));
    return written.length > 0 ? written : [EMPTY];
  });
  const apply = (next: readonly Draft[], join = filter.join) => {
    setDrafts(next);
    const conditions = next.flatMap((draft) => {
      const field = fieldById.get(draft.field);
      return conditionOf(draft, field, field === undefined ? NOTHING : knownValues(field, all)) ?? [];
    });
    setFilter({ join, conditions });
  };
  return (
    <div className={styles.conditions}>
      {drafts.length > 1 && (
        <Choice
          label="How they are joined"
          options={JOINS}
          value={filter.join}
          onChange={(join) => apply(drafts, join)}
        />
      )}
      {drafts.map((draft, i) => (
        <ConditionRow
          key={i}
          number={i + 1}
          draft={draft}
          change={(changed) => apply(drafts.map((other, j) => (i === j ? changed : other)))}
          remove={() => apply(drafts.filter((_, j) => i !== j))}
        />
      ))}
      <div className={styles.buttons}>
        <Button onClick={() => setDrafts([...drafts, EMPTY])}>Add a condition</Button>
        <Button
          look="ghost"
          disabled={drafts.length === 0}
          onClick={() => {
            setDrafts([EMPTY]);
            setFilter(NO_FILTER);
          }}
        >
          Clear
        </Button>
      </div>
    </div>
  );
}

const NOTHING: ReadonlyMap<string, unknown> = new Map();
const EMPTY: Draft = { field: "", operator: "=", text: "" };
