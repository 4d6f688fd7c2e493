import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import { sweepEventsQuery } from "../../api/queries";
import type { Event, Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { EventList, kindOf, kindWords } from "../../components/EventList";
import { RunName } from "../../components/RunName";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { formatCount } from "../../lib/format";
import styles from "../Page.module.css";

const PAGE = 100;
const MOST = 1000;
const ALL = "all";
const always = () => true;

/** Kinds that there are, with how often each is among those shown; `more`: there are older ones. */
function kindsOf(events: readonly string[], more: boolean): [kind: string, name: string][] {
  const counts = new Map<string, number>();
  for (const kind of events) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].sort(([a], [b]) => a.localeCompare(b));
  return [
    [ALL, more ? `All of the last ${formatCount(events.length)}` : `All (${events.length})`],
    ...kinds.map(([kind, count]): [string, string] => [kind, `${kindWords(kind)} (${count})`]),
  ];
}

/** What happened, and why; the newest first. */
export default function EventsTab({ sweep, runs }: { sweep: Sweep; runs: readonly Run[] }) {
  const [limit, setLimit] = useState(PAGE);
  const query = sweepEventsQuery(sweep.id, limit);
  const events = useQuery({ ...query, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, always, 2_000);
  const [kind, setKind] = useState(ALL);
  const byId = useMemo(() => new Map(runs.map((run) => [run.id, run])), [runs]);
  if (events.isPending) return <Skeleton height={320} />;
  if (events.data === undefined) return <ErrorNote error={events.error} retry={events.refetch} />;
  const all = events.data.events;
  const more = all.length >= limit;
  const runOf = ({ run_id }: Event) => byId.get(run_id ?? "");
  const kindHere = (event: Event) => kindOf(event, runOf(event));
  const list = kind === ALL ? all : all.filter((event) => kindHere(event) === kind);
  if (all.length === 0) return <EmptyState title="Nothing has happened yet" />;
  return (
    <>
      <Select label="Kind" options={kindsOf(all.map(kindHere), more)} value={kind} onChange={setKind} />
      <div className={styles.sheet}>
        <EventList
          events={list}
          runOf={runOf}
          subject={({ run_id }) =>
            run_id !== null && (
              <>
                <Link href={runPath({ ...sweep, id: run_id })}>
                  <RunName of={{ ...sweep, id: run_id, name: byId.get(run_id)?.name ?? run_id }} />
                </Link>{" "}
              </>
            )
          }
        />
      </div>
      {more && limit < MOST && (
        <div>
          <Button onClick={() => setLimit(Math.min(MOST, limit * 3))}>Show older ones</Button>
        </div>
      )}
    </>
  );
}
