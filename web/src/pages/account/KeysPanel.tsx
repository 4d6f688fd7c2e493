import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery, revokeKey } from "../../api/accounts";
import { peopleQuery } from "../../api/people";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import styles from "./Account.module.css";
import { KeysTable } from "./KeysTable";
import { NewKeyDialog } from "./NewKeyDialog";
import { SignOutDialog } from "./SignOutDialog";

/** The viewer's API keys. */
export function KeysPanel() {
  const queries = useQueryClient();
  const keys = useQuery(keysQuery);
  const people = useQuery(peopleQuery).data;
  const [task, setTask] = useState<"make" | "sign out" | null>(null);
  const close = () => setTask(null);
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Keys</h2>
        <div className={styles.actions}>
          {people?.company === true && (
            <Button onClick={() => setTask("sign out")}>Sign out everywhere</Button>
          )}
          <Button look="primary" onClick={() => setTask("make")}>
            New key
          </Button>
        </div>
      </div>
      <p className={styles.soft}>
        Programs and the command line sign in with a key. Give each machine its own, so that one can be
        revoked alone.
      </p>
      {keys.error !== null && <ErrorNote error={keys.error} retry={keys.refetch} />}
      {keys.isPending && <Skeleton height={160} />}
      {keys.data !== undefined && (
        <KeysTable
          keys={keys.data.keys}
          revoke={({ id }) =>
            revokeKey(id).then(() => queries.invalidateQueries({ queryKey: keysQuery.queryKey }))
          }
        />
      )}
      {task === "make" && <NewKeyDialog close={close} />}
      {task === "sign out" && people !== undefined && (
        <SignOutDialog name={people.viewer.name} isMe close={close} />
      )}
    </section>
  );
}
