import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type AuditEntry, auditQuery, teamsQuery } from "../../api/accounts";
import { viewerQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { ErrorNote } from "../../components/ErrorNote";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { formatTime } from "../../lib/format";
import styles from "./Account.module.css";

const placeOf = ({ entity, project }: AuditEntry): string =>
  entity === null ? "–" : project === null ? entity : `${entity}/${project}`;

const COLUMNS: DataColumn<AuditEntry>[] = [
  { name: "Time", cell: ({ time }) => formatTime(time) },
  { name: "Who", cell: ({ actor, key }) => (key === null ? actor : `${actor} (${key})`) },
  { name: "What", cell: ({ action }) => action.replace(/[._]/g, " ") },
  { name: "Where", cell: placeOf },
  { name: "Of", cell: ({ subject }) => subject || "–" },
  { name: "Detail", cell: ({ detail }) => detail },
  { name: "From", cell: ({ address }) => address ?? "–" },
];

/** Who did what, the newest first: of the whole server, or of a team for its admins. */
export function AuditPanel() {
  const viewer = useQuery(viewerQuery).data;
  const asked = useQuery(teamsQuery);
  const teams = asked.data?.teams;
  if (teams === undefined && asked.error !== null)
    return <ErrorNote error={asked.error} retry={asked.refetch} />;
  if (viewer === undefined || teams === undefined) return <Skeleton height={240} />;
  const managed = teams.filter(({ role }) => role === "admin").map(({ name }) => [name, name] as const);
  const choices = viewer.role === "admin" ? [["", "Everything"] as const, ...managed] : managed;
  return <Entries choices={choices} />;
}

function Entries({ choices }: { choices: readonly (readonly [string, string])[] }) {
  const [entity, choose] = useState(choices[0]?.[0] ?? "");
  const log = useInfiniteQuery(auditQuery(entity === "" ? null : entity));
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Log</h2>
        {choices.length > 1 && <Select label="Where" options={choices} value={entity} onChange={choose} />}
      </div>
      <p className={styles.soft}>
        Who signed in, changed, shared or deleted what, and from where. Nobody can change what stands here.
      </p>
      {log.error !== null && <ErrorNote error={log.error} retry={log.refetch} />}
      {log.isPending && <Skeleton height={240} />}
      {log.data !== undefined && (
        <DataTable label="Log" columns={COLUMNS} rows={entries} rowKey={({ id }) => String(id)} />
      )}
      {log.hasNextPage && (
        <div className={styles.actions}>
          <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Older entries
          </Button>
        </div>
      )}
    </section>
  );
}
