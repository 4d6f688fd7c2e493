import type { ReactNode } from "react";
import type { Event } from "../api/types";
import styles from "./EventList.module.css";
import { Ago } from "./Time";

/** What somebody may have to look at stands out in a long list. */
const BAD = /\.(failed|crashed|lost|quarantined)$/;
const LEVELS = { INFO: "Info", WARN: "Warning", ERROR: "Error" } as const;

/** What happened, and why. `subject`: what stands before the words, e.g. a link to the run. */
export function EventList({
  events,
  subject,
}: {
  events: readonly Event[];
  subject?: (event: Event) => ReactNode;
}) {
  return (
    <ol className={styles.events}>
      {events.map((event) => (
        <li key={event.id} className={styles.event}>
          <span className={styles.time}>
            <Ago time={event.time} />
          </span>
          <span className={styles.kind} data-bad={BAD.test(event.kind)}>
            {event.kind.replace(".", " ")}
          </span>
          <span className={styles.words}>
            {event.level && (
              <span className={styles.level} data-level={event.level}>
                {LEVELS[event.level]}
              </span>
            )}
            {subject?.(event)}
            {event.reason}
          </span>
          {/* Many reasons name who it was. */}
          <span className={styles.actor}>{!event.reason.includes(`by ${event.actor}`) && event.actor}</span>
        </li>
      ))}
    </ol>
  );
}
