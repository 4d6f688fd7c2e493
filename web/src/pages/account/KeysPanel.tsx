import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiKey, keysQuery, revokeKey } from "../../api/accounts";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { ErrorNote } from "../../components/ErrorNote";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { formatTime } from "../../lib/format";
import styles from "./Account.module.css";
import { NewKeyDialog } from "./NewKeyDialog";

/** The viewer's API keys. */
export function KeysPanel() {
  const queries = useQueryClient();
  const keys = useQuery(keysQuery);
  const [task, setTask] = useState<"make" | ApiKey | null>(null);
  const close = () => setTask(null);
  const columns: DataColumn<ApiKey>[] = [
    {
      name: "Name",
      cell: ({ name, current }) => (
        <>
          {name}
          {current && <span className={styles.mark}>in use here</span>}
        </>
      ),
    },
    { name: "For", cell: ({ sweep_id }) => (sweep_id === null ? "Everything" : `Agents of ${sweep_id}`) },
    { name: "Made", cell: ({ created }) => <Ago time={created} /> },
    { name: "Last used", cell: ({ last_used }) => (last_used === null ? "Never" : <Ago time={last_used} />) },
    { name: "Good until", cell: ({ expires }) => (expires === null ? "No end" : formatTime(expires)) },
    {
      name: "Actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (key) => (
        <div className={styles.row}>
          <Button aria-label={`Revoke ${key.name}`} onClick={() => setTask(key)}>
            Revoke
          </Button>
        </div>
      ),
    },
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Keys</h2>
        <Button look="primary" onClick={() => setTask("make")}>
          New key
        </Button>
      </div>
      <p className={styles.soft}>
        Programs and the command line sign in with a key. Give each machine its own, so that one can be
        revoked alone.
      </p>
      {keys.error !== null && <ErrorNote error={keys.error} retry={keys.refetch} />}
      {keys.isPending && <Skeleton height={160} />}
      {keys.data !== undefined && (
        <DataTable label="Keys" columns={columns} rows={keys.data.keys} rowKey={({ id }) => id} />
      )}
      {task === "make" && <NewKeyDialog close={close} />}
      {task !== null && task !== "make" && (
        <TaskDialog
          title={`Revoke ${task.name}?`}
          name="Revoke"
          danger
          close={close}
          act={async () => {
            await revokeKey(task.id);
            await queries.invalidateQueries({ queryKey: keysQuery.queryKey });
            return null;
          }}
        >
          {task.current && (
            <p>This browser signed in with it: it is signed out, and needs another key to come back.</p>
          )}
          <p className={styles.soft}>
            Programs that use it can no longer sign in: those that run now keep what they log in their folder
            until besom sync sends it with another key.
          </p>
        </TaskDialog>
      )}
    </section>
  );
}
