import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey } from "../../api/accounts";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Ago } from "../../components/Time";
import { formatTime } from "../../lib/format";
import styles from "./Account.module.css";

interface Props {
  keys: readonly ApiKey[];
  /** Ends a key, and brings the list up to date. */
  revoke: (key: ApiKey) => Promise<unknown>;
}

/** Somebody's keys, each of which can be ended. */
export function KeysTable({ keys, revoke }: Props) {
  const queries = useQueryClient();
  const [ending, setEnding] = useState<ApiKey | null>(null);
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
    {
      name: "For",
      cell: ({ sweep_id, read_artifacts }) =>
        sweep_id === null
          ? "Everything"
          : `Agents of ${sweep_id}${read_artifacts ? ", reading artifacts" : ""}`,
    },
    { name: "Made", cell: ({ created }) => <Ago time={created} /> },
    { name: "Last used", cell: ({ last_used }) => (last_used === null ? "Never" : <Ago time={last_used} />) },
    { name: "Good until", cell: ({ expires }) => (expires === null ? "No end" : formatTime(expires)) },
    {
      name: "Actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (key) => (
        <div className={styles.row}>
          <Button aria-label={`Revoke ${key.name}`} onClick={() => setEnding(key)}>
            Revoke
          </Button>
        </div>
      ),
    },
  ];
  if (keys.length === 0) return <p className={styles.soft}>No keys yet.</p>;
  return (
    <>
      <DataTable label="Keys" columns={columns} rows={keys} rowKey={({ id }) => id} />
      {ending !== null && (
        <TaskDialog
          title={`Revoke ${ending.name}?`}
          name="Revoke"
          danger
          close={() => setEnding(null)}
          act={async () => {
            await revoke(ending);
            // Nobody is signed in here any more: what is known goes, and the sign-in form comes.
            if (ending.current) await queries.resetQueries();
            return null;
          }}
        >
          {ending.current && (
            <p>This browser signed in with it: it is signed out, and needs another key to come back.</p>
          )}
          <p className={styles.soft}>
            Programs that use it can no longer sign in: those that run now keep what they log in their folder
            until besom sync sends it with another key.
          </p>
        </TaskDialog>
      )}
    </>
  );
}
