import { useState } from "react";
import { useRunView } from "../../view/RunView";
import { Button } from "../Button";
import { Popover } from "../Popover";
import { CrossIcon, GroupIcon } from "../signs";
import { FieldPicker } from "./FieldPicker";
import styles from "./RunsBar.module.css";

/** By which fields the runs are grouped, the outermost first. */
export function GroupPicker() {
  const { group, setGroup, fieldById } = useRunView();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      name={
        <>
          <GroupIcon />
          <span className={styles.word}>Group</span>
          {group.length > 0 && <span className={styles.badge}>{group.length}</span>}
        </>
      }
      title="Group runs by"
      side="left"
      onToggle={({ newState }) => setOpen(newState === "open")}
    >
      {open && (
        <div className={styles.conditions}>
          {group.length > 0 && (
            <ol className={styles.groups}>
              {group.map((id) => (
                <li key={id}>
                  {fieldById.get(id)?.label ?? id}
                  <Button
                    look="ghost"
                    aria-label={`Do not group by ${fieldById.get(id)?.label ?? id}`}
                    onClick={() => setGroup(group.filter((other) => other !== id))}
                  >
                    <CrossIcon />
                  </Button>
                </li>
              ))}
            </ol>
          )}
          <FieldPicker
            key={group.length}
            label="Group by"
            value=""
            onChoose={(id) => setGroup([...group.filter((other) => other !== id), id])}
          />
        </div>
      )}
    </Popover>
  );
}
