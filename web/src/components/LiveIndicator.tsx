import { useLiveStatus } from "../api/LiveProvider";
import type { LiveStatus } from "../api/live";
import { useIsLost } from "../api/lost";
import styles from "./LiveIndicator.module.css";

const WORDS: Record<LiveStatus, [short: string, long: string]> = {
  live: ["Live", "Changes appear by themselves"],
  connecting: ["Connecting", "Opening the stream of changes"],
  offline: ["Reconnecting", "The server does not answer; this page tries again by itself"],
};

/** Whether what is shown is current. */
export function LiveIndicator() {
  const stream = useLiveStatus();
  const isLost = useIsLost();
  if (stream === null) return null;
  // Its stream alone is not enough: what the page has asked for found no server.
  const status = isLost && stream === "live" ? "offline" : stream;
  const [short, long] = WORDS[status];
  return (
    <span className={`${styles.indicator} ${styles[status]}`} role="status" title={long}>
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.word}>{short}</span>
    </span>
  );
}
