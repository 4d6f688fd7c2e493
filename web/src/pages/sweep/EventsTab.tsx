import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import { sweepEventsQuery } from "../../api/queries";
import type { Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import styles from "./EventsTab.module.css";

const PAGE = 100;
const MOST = 1000;
const always = () => true;

/** What happened, and why; the newest first. */
export function EventsTab({ sweep, runs }: { sweep: Sweep; runs: readonly Run[] }) {
  const [limit, setLimit] = useState(PAGE);
  const query = sweepEventsQuery(sweep.id, limit);
  const events = useQuery({ ...query, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, always, 2_000);
  const names = useMemo(() => new Map(runs.map((run) => [run.id, run.name])), [runs]);
  if (events.isPending) return <Skeleton height={320} />;
  if (events.data === undefined) return <ErrorNote error={events.error} retry={events.refetch} />;
  const list = events.data.events;
  if (list.length === 0) return <EmptyState title="Nothing has happened yet" />;
  return (
    <>
      <ol className={styles.events}>
        {list.map((event) => (
          <li key={event.id} className={styles.event}>
            <span className={styles.time}>
              <Ago time={event.time} />
            </span>
            <span className={styles.kind}>{event.kind.replace(".", " ")}</span>
            <span className={styles.words}>
              {event.run_id !== null && (
                <>
                  <Link href={runPath({ ...sweep, id: event.run_id })}>
                    {names.get(event.run_id) ?? event.run_id}
                  </Link>{" "}
                </>
              )}
              {event.reason}
            </span>
            <span className={styles.actor}>{event.actor}</span>
          </li>
        ))}
      </ol>
      {list.length >= limit && limit < MOST && (
        <div>
          <Button onClick={() => setLimit(Math.min(MOST, limit * 3))}>Show older ones</Button>
        </div>
      )}
    </>
  );
}
