import { useClock } from "../lib/clock";
import { formatAgo, formatDuration, formatSoon, formatTime } from "../lib/format";
import { iso } from "../lib/iso";

/** How long ago, kept current; the exact time on hover. */
export function Ago({ time }: { time: number }) {
  const text = useClock((now) => formatAgo(time, now));
  return (
    <time dateTime={iso(time)} title={formatTime(time)}>
      {text}
    </time>
  );
}

/** When something is to come, mostly soon: the time of the day, with the date where it is another day. */
export const At = ({ time }: { time: number }) => useClock((now) => formatSoon(time, now));

/** Seconds since `since`, counting. */
export function Counting({ since }: { since: number }) {
  return useClock((now) => formatDuration(Math.max(0, Math.floor(now - since))));
}
