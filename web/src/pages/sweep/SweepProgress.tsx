import { formatCount, plural } from "../../lib/format";
import type { Progress } from "../../lib/progress";
import styles from "./SweepProgress.module.css";

interface Props {
  progress: Progress;
  /** Runs may begin: that none runs now is worth a word. */
  going: boolean;
}

/** Runs against the number expected; a sweep without an end shows how its runs went instead. */
export function SweepProgress({ progress, going }: Props) {
  const { finished, stopped, failed, running, pending, done, total, expected, limits } = progress;
  const whole = Math.max(total, expected ?? 0);
  const parts: [
    kind: "finished" | "stopped" | "failed" | "running" | "pending",
    count: number,
    word: string,
  ][] = [
    ["finished", finished, "finished"],
    ["stopped", stopped, "stopped"],
    ["failed", failed, "failed"],
    ["running", running, "running"],
    ["pending", pending, "waiting"],
  ];
  const share = expected === null || expected === 0 ? null : Math.floor((100 * done) / expected);
  return (
    <div className={styles.progress}>
      <p className={styles.line}>
        <strong>{formatCount(done)}</strong>
        {expected === null ? ` ${done === 1 ? "run" : "runs"} done` : ` of ${plural(expected, "run")} done`}
        <span className={styles.share}>
          {share === null ? limits.length === 0 && "no end set" : `${Math.min(100, share)} %`}
        </span>
      </p>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Runs done"
        {...(expected === null
          ? {}
          : { "aria-valuemin": 0, "aria-valuemax": expected, "aria-valuenow": Math.min(done, expected) })}
      >
        {parts.map(([kind, count]) => (
          <span
            key={kind}
            className={styles[kind]}
            style={{ width: whole === 0 ? 0 : `${(100 * count) / whole}%` }}
          />
        ))}
      </div>
      <ul className={styles.legend}>
        {parts
          .filter(([kind, count]) => count > 0 || kind === "finished" || (kind === "running" && going))
          .map(([kind, count, word]) => (
            <li key={kind}>
              <span className={`${styles.key} ${styles[kind]}`} aria-hidden="true" />
              {formatCount(count)} {word}
            </li>
          ))}
      </ul>
      {limits.length > 0 && <p className={styles.budget}>Budget: {limits.join(", ")}</p>}
    </div>
  );
}
