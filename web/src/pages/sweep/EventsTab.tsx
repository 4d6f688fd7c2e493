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
import { EventList } from "../../components/EventList";
import { Skeleton } from "../../components/Skeleton";
import styles from "../Page.module.css";

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
      <div className={styles.sheet}>
        <EventList
          events={list}
          subject={({ run_id }) =>
            run_id !== null && (
              <>
                <Link href={runPath({ ...sweep, id: run_id })}>{names.get(run_id) ?? run_id}</Link>{" "}
              </>
            )
          }
        />
      </div>
      {list.length >= limit && limit < MOST && (
        <div>
          <Button onClick={() => setLimit(Math.min(MOST, limit * 3))}>Show older ones</Button>
        </div>
      )}
    </>
  );
}
