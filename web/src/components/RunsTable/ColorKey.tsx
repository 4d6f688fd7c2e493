import { useRunView } from "../../view/RunView";
import styles from "./RunColors.module.css";

/** What the colours of the runs stand for; nothing where each run has its own. */
export function ColorKey() {
  const { by } = useRunView().colors;
  if (by === null) return null;
  return (
    <ul className={styles.key} aria-label={`Colours by ${by.field.label}`}>
      <li>{by.field.label}</li>
      {by.buckets.map(({ color, label }) => (
        <li key={color}>
          <span className={styles.swatch} style={{ color }} />
          {label}
        </li>
      ))}
    </ul>
  );
}
