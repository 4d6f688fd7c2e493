import { useState } from "react";
import { formatNumber } from "../../../lib/format";
import styles from "./Histogram.module.css";
import type { HistogramValue } from "./mediaValues";

const HEIGHT = 100;

/** Bars of one histogram; the pointer reads a bin. */
export function HistogramView({ histogram: { values, bins } }: { histogram: HistogramValue }) {
  const [hovered, setHovered] = useState<number | null>(null);
  const low = bins[0] as number;
  const high = bins.at(-1) as number;
  const width = high - low || 1;
  const most = Math.max(1e-300, ...values);
  const total = values.reduce((sum, value) => sum + value, 0);
  const bar = (i: number): string => {
    const [from, to] = [bins[i] as number, bins[i + 1] as number];
    const x = ((from - low) / width) * 1000;
    return `M${x} ${HEIGHT}V${HEIGHT * (1 - (values[i] as number) / most)}H${x + ((to - from) / width) * 1000}V${HEIGHT}`;
  };
  const read = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = low + ((event.clientX - box.left) / box.width) * width;
    const i = bins.findIndex((edge) => edge > at) - 1;
    setHovered(i >= 0 && i < values.length ? i : null);
  };
  return (
    <div className={styles.histogram}>
      <svg
        className={styles.bars}
        viewBox={`0 0 1000 ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of ${formatNumber(total)} values from ${formatNumber(low)} to ${formatNumber(high)}`}
        onPointerMove={read}
        onPointerLeave={() => setHovered(null)}
      >
        <path className={styles.all} d={values.map((_, i) => bar(i)).join("")} />
        {hovered !== null && hovered < values.length && <path className={styles.hovered} d={bar(hovered)} />}
      </svg>
      <div className={styles.scale}>
        <span>{formatNumber(low, 3)}</span>
        <span className={styles.read}>
          {hovered !== null && hovered < values.length
            ? `${formatNumber(values[hovered] as number)} in ${formatNumber(bins[hovered] as number, 3)} to ${formatNumber(bins[hovered + 1] as number, 3)}`
            : `${formatNumber(total)} values`}
        </span>
        <span>{formatNumber(high, 3)}</span>
      </div>
    </div>
  );
}
