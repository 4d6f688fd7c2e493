import { useRunView, useUnderHand } from "../../view/RunView";
import { CrossIcon } from "../signs";
import styles from "./RunsBar.module.css";
import { conditionWords, rangeWords } from "./words";

/** What is chosen of the runs, each with a button that takes it back. */
export function Chips() {
  const { filter, setFilter, setBrush, clear, fieldById } = useRunView();
  const { search, brush } = useUnderHand();
  const { join, conditions } = filter;
  const count = conditions.length + brush.size;
  return (
    <ul className={styles.chips} aria-label="Chosen runs">
      {conditions.map((condition, i) => (
        <Chip
          key={`${condition.field} ${i}`}
          before={i > 0 ? join : undefined}
          text={conditionWords(condition, fieldById.get(condition.field))}
          remove={() => setFilter({ join, conditions: conditions.filter((_, j) => j !== i) })}
        />
      ))}
      {[...brush].map(([id, range]) => (
        <Chip key={id} text={rangeWords(range, fieldById.get(id), id)} remove={() => setBrush(id, null)} />
      ))}
      {(count > 1 || (count > 0 && search !== "")) && (
        <li>
          <button type="button" className={styles.clear} onClick={clear}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

function Chip({ before, text, remove }: { before?: string; text: string; remove: () => void }) {
  return (
    <li>
      {before !== undefined && <span className={styles.join}>{before}</span>}
      <span className={styles.chip} title={text}>
        <span>{text}</span>
        <button type="button" aria-label={`Remove: ${text}`} onClick={remove}>
          <CrossIcon />
        </button>
      </span>
    </li>
  );
}
