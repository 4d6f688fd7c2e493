import { Select } from "../components/Select";
import styles from "./Gradient.module.css";
import { GRADIENTS, type Gradient, type GradientName, gradientImage } from "./gradient";

const OWN = "own";
/** Where an own gradient begins. */
const OWN_COLORS = { from: "#c9c9c9", to: "#7a1fa2" };

/** One of the page's gradients, or two colours of the reader's. */
export function GradientChoice({
  value,
  onChange,
}: {
  value: Gradient;
  onChange: (value: Gradient) => void;
}) {
  const own = typeof value === "string" ? null : value;
  return (
    <div className={styles.choice}>
      <Select
        label="Colours"
        options={[...Object.entries(GRADIENTS), [OWN, "My own"]]}
        value={own === null ? (value as string) : OWN}
        onChange={(name) => onChange(name === OWN ? OWN_COLORS : (name as GradientName))}
      />
      {own !== null &&
        (["from", "to"] as const).map((end) => (
          <input
            key={end}
            type="color"
            aria-label={end === "from" ? "Colour of the worse end" : "Colour of the better end"}
            value={own[end]}
            onChange={({ target }) => onChange({ ...own, [end]: target.value })}
          />
        ))}
    </div>
  );
}

/** What the colours stand for, from the worse end to the better one; of one value alone there is nothing to tell apart. */
export const GradientKey = ({ gradient, from, to }: { gradient: Gradient; from: string; to: string }) => (
  <span className={styles.key}>
    {from !== to && (
      <>
        {from}
        <span className={styles.bar} style={{ background: gradientImage(gradient) }} aria-hidden="true" />
      </>
    )}
    {to}
  </span>
);
