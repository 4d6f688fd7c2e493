import { formatShare } from "../../lib/format";
import styles from "./bars.module.css";
import { formatCorrelation, strength } from "./words";

/** Percent of a bar's place: the ends of a shorter spread would run into one. */
const SHORTEST = 4;

/** A share, with a thin line over what it may be off by. `most`: where the bar's place ends. */
export function ShareBar({ share, spread, most }: { share: number; spread: number; most: number }) {
  const percent = (value: number) => (100 * Math.min(Math.max(value, 0), most)) / most;
  const from = percent(share - spread);
  const to = percent(share + spread);
  return (
    <span className={styles.measure} title={`${formatShare(share)} ± ${formatShare(Math.min(1, spread))}`}>
      <span className={styles.bar} aria-hidden="true">
        {Math.round(100 * share) > 0 && (
          <span className={styles.share} style={{ width: `${percent(share)}%` }} />
        )}
        {to - from > SHORTEST && (
          <span className={styles.spread} style={{ left: `${from}%`, right: `${100 - to}%` }} />
        )}
      </span>
      <span className={styles.number}>{formatShare(share)}</span>
    </span>
  );
}

/** To the right of the middle where it is positive, to the left where it is negative. `rank`: where ranks say more. */
export function CorrelationBar({ r, rank }: { r: number; rank: number | null }) {
  const width = `${50 * Math.min(1, Math.abs(r))}%`;
  // As its number is rounded: beside 0.00 there is no bar.
  const sign = Math.sign(Number(r.toFixed(2)));
  return (
    <span className={styles.measure} title={strength(r)}>
      <span className={`${styles.bar} ${styles.signed}`} aria-hidden="true">
        {sign < 0 && <span className={styles.negative} style={{ width, right: "50%" }} />}
        {sign > 0 && <span className={styles.positive} style={{ width, left: "50%" }} />}
      </span>
      <span className={styles.number} data-sign={sign}>
        {formatCorrelation(r)}
      </span>
      {rank !== null && (
        <span
          className={styles.rank}
          title="Of the ranks: it rises or falls steadily, but not along a straight line"
        >
          {formatCorrelation(rank)} by rank
        </span>
      )}
    </span>
  );
}
