import { useRunView } from "../../view/RunView";
import { Button } from "../Button";
import { CrossIcon } from "../signs";
import { FieldPicker } from "./FieldPicker";
import styles from "./RunsBar.module.css";

/** The fields by which the runs are grouped, and one more. */
export default function GroupFields() {
  const { group, setGroup, fieldById } = useRunView();
  return (
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
  );
}
