import styles from "./GroupRow.module.css";

const BAR = 4;
const HEIGHT = 16;
const LEAST = 1.5;

/** Small bars, one beside the other. `label`: the same in words. */
export function Histogram({ counts, label }: { counts: readonly number[]; label: string }) {
  const most = Math.max(...counts);
  const bars = counts.map((count, i) => {
    if (count === 0) return "";
    const height = Math.max(LEAST, (count / most) * HEIGHT);
    return `M${i * BAR} ${HEIGHT}v${-height}h${BAR - 1}v${height}z`;
  });
  return (
    <svg
      role="img"
      aria-label={label}
      className={styles.histogram}
      width={counts.length * BAR}
      height={HEIGHT}
      fill="currentColor"
    >
      <path d={bars.join("")} />
    </svg>
  );
}
