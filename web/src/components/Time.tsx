import { useClock } from "../lib/clock";
import { formatAgo, formatDuration, formatTime } from "../lib/format";

/** How long ago, kept current; the exact time on hover. */
export function Ago({ time }: { time: number }) {
  const text = useClock((now) => formatAgo(time, now));
  return (
    <time dateTime={new Date(time * 1000).toISOString()} title={formatTime(time)}>
      {text}
    </time>
  );
}

/** Seconds since `since`, counting. */
export function Counting({ since }: { since: number }) {
  return useClock((now) => formatDuration(Math.max(0, Math.floor(now - since))));
}
