import { formatDuration, formatNumber, formatTime, formatValue } from "../../lib/format";
import type { Condition, Range } from "../../view/conditions";
import type { Field } from "../../view/fields";
import { useRunView, useUnderHand } from "../../view/RunView";
import { CrossIcon } from "../signs";
import { OPERATOR_NAMES } from "./drafts";
import styles from "./RunsBar.module.css";

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

function valueWords(value: unknown, field: Field | undefined): string {
  if (typeof value === "number" && field?.kind === "time") return formatTime(value);
  if (typeof value === "number" && field?.kind === "duration") return formatDuration(value);
  return formatValue(value);
}

export function conditionWords({ field: id, operator, value }: Condition, field: Field | undefined): string {
  const name = field?.label ?? id;
  if (operator === "exists") return value === false ? `${name} is missing` : `${name} exists`;
  const words = [value].flat().map((one) => valueWords(one, field));
  return `${name} ${OPERATOR_NAMES[operator]} ${words.join(", ")}`;
}

function rangeWords(range: Range, field: Field | undefined, id: string): string {
  const name = field?.label ?? id;
  if ("among" in range) return `${name} is ${range.among.join(" or ")}`;
  if (field?.kind !== "number")
    return `${name} ${valueWords(range.from, field)} to ${valueWords(range.to, field)}`;
  return `${name} ${formatNumber(range.from, 3)} to ${formatNumber(range.to, 3)}`;
}
