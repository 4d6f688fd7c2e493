import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { revokeKeyOf, userKeysQuery } from "../../api/accounts";
import { viewerQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import styles from "./Account.module.css";
import { KeysTable } from "./KeysTable";
import { SignInLinkDialog } from "./SignInLinkDialog";
import { SignOutDialog } from "./SignOutDialog";

/** With what a user signs in, for the server's admins: to end what has leaked. */
export function UserPanel({ name }: { name: string }) {
  const queries = useQueryClient();
  const query = userKeysQuery(name);
  const keys = useQuery(query);
  const me = useQuery(viewerQuery).data?.name;
  const [task, setTask] = useState<"link" | "sign out" | null>(null);
  const close = () => setTask(null);
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>User {name}</h2>
        <div className={styles.actions}>
          <Link href="/users">All users</Link>
          <Button onClick={() => setTask("link")}>Sign-in link</Button>
          <Button onClick={() => setTask("sign out")}>Sign out everywhere</Button>
        </div>
      </div>
      <p className={styles.soft}>
        The keys with which programs of {name} sign in. Whoever ends a key also signs out the browsers that
        signed in with it.
      </p>
      {keys.error !== null && <ErrorNote error={keys.error} retry={keys.refetch} />}
      {keys.isPending && <Skeleton height={160} />}
      {keys.data !== undefined && (
        <KeysTable
          keys={keys.data.keys}
          revoke={({ id }) =>
            revokeKeyOf(name, id).then(() => queries.invalidateQueries({ queryKey: query.queryKey }))
          }
        />
      )}
      {task === "link" && <SignInLinkDialog name={name} close={close} />}
      {task === "sign out" && <SignOutDialog name={name} isMe={name === me} close={close} />}
    </section>
  );
}
