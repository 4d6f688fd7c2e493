import type { ReactNode } from "react";
import type { Event, Run } from "../api/types";
import { namesOf } from "../view/ownNames";
import styles from "./EventList.module.css";
import { Ago } from "./Time";

/** What somebody may have to look at stands out in a long list. */
const BAD = /\.(failed|crashed|lost|quarantined)$/;
const LEVELS = { INFO: "Info", WARN: "Warning", ERROR: "Error" } as const;

/** What kind of event it is. `run`: which it is about; one that early stopping has ended was killed by nobody. */
export function kindOf({ kind }: Event, run: Pick<Run, "stopped"> | undefined): string {
  if (kind === "run.stopped") return "run.told to stop"; // and goes on until its end takes this event's place
  return kind === "run.killed" && run?.stopped != null ? "run.stopped early" : kind;
}

/** Who it was, where neither the words nor the row say so: a run's own doing is that of the run which is named. */
const whoOf = ({ actor, reason }: Event, run: Run | undefined): string =>
  actor === "run" ||
  (run !== undefined && namesOf(run).includes(actor)) ||
  reason.includes(`by ${actor}`) ||
  reason.startsWith(`${actor} `)
    ? ""
    : actor;

/** "run started". */
export const kindWords = (kind: string): string => kind.replace(".", " ");

interface Props {
  events: readonly Event[];
  /** The run that an event is about. */
  runOf: (event: Event) => Run | undefined;
  /** What stands before the words, e.g. a link to the run. */
  subject?: (event: Event) => ReactNode;
}

/** What happened, and why. */
export function EventList({ events, runOf, subject }: Props) {
  return (
    <ol className={styles.events}>
      {events.map((event) => (
        <li key={event.id} className={styles.event}>
          <span className={styles.time}>
            <Ago time={event.time} />
          </span>
          <span className={styles.kind} data-bad={BAD.test(event.kind)}>
            {kindWords(kindOf(event, runOf(event)))}
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
          <span className={styles.actor}>{whoOf(event, runOf(event))}</span>
        </li>
      ))}
    </ol>
  );
}
