import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { addUser, changeUser, type Role, type User, usersQuery } from "../../api/accounts";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { ErrorNote } from "../../components/ErrorNote";
import { LinkToGive } from "../../components/LinkToGive";
import { Menu } from "../../components/Menu";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { DotsIcon } from "../../components/signs";
import { Ago } from "../../components/Time";
import styles from "./Account.module.css";
import { Made, NameField } from "./Field";
import { RoleChoice } from "./RoleChoice";
import { ROLES, SERVER_ROLES } from "./roles";
import { SignInLinkDialog } from "./SignInLinkDialog";
import { UserPanel } from "./UserPanel";

type Task = { kind: "add" } | { kind: "disable" | "link"; user: User };

const addressOf = (user: string): string => `/users?user=${encodeURIComponent(user)}`;

/** Everybody with an account, or the one whom the address names; for the server's admins. */
export function UsersPanel() {
  const [search] = useSearchParams();
  const named = search.get("user");
  return named === null ? <Users /> : <UserPanel key={named} name={named} />;
}

function Users() {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const users = useQuery(usersQuery);
  const [task, setTask] = useState<Task | null>(null);
  const close = () => setTask(null);
  const fresh = async () => {
    await Promise.all(
      [usersQuery.queryKey, ["people"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
    return null;
  };
  const change = useMutation({
    mutationFn: ({ name, ...to }: { name: string; role?: Role; disabled?: boolean }) => changeUser(name, to),
    onSettled: fresh,
  });
  const columns: DataColumn<User>[] = [
    {
      name: "Name",
      cell: ({ name, disabled }) => (
        <>
          <Link href={addressOf(name)}>{name}</Link>
          {disabled && <span className={styles.mark}>disabled</span>}
        </>
      ),
    },
    {
      name: "Role",
      cell: ({ name, role }) => (
        <RoleChoice of={name} role={role} set={(role) => change.mutate({ name, role })} />
      ),
    },
    { name: "Since", cell: ({ created }) => <Ago time={created} /> },
    {
      name: "Actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (user) => (
        <div className={styles.row}>
          <Menu
            label={`Actions of ${user.name}`}
            name={<DotsIcon />}
            items={() =>
              user.disabled
                ? [{ name: "Enable", act: () => change.mutate({ name: user.name, disabled: false }) }]
                : [
                    { name: "Keys and sessions", act: () => navigate(addressOf(user.name)) },
                    { name: "Sign-in link…", act: () => setTask({ kind: "link", user }) },
                    { name: "Disable…", danger: true, act: () => setTask({ kind: "disable", user }) },
                  ]
            }
          />
        </div>
      ),
    },
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Users</h2>
        <Button look="primary" onClick={() => setTask({ kind: "add" })}>
          Add a user
        </Button>
      </div>
      <p className={styles.soft}>{SERVER_ROLES}</p>
      {change.error !== null && <ErrorNote error={change.error} />}
      {users.error !== null && <ErrorNote error={users.error} retry={users.refetch} />}
      {users.isPending && <Skeleton height={160} />}
      {users.data !== undefined && (
        <DataTable label="Users" columns={columns} rows={users.data.users} rowKey={({ name }) => name} />
      )}
      {task?.kind === "add" && <AddDialog added={fresh} close={close} />}
      {task?.kind === "link" && <SignInLinkDialog name={task.user.name} close={close} />}
      {task?.kind === "disable" && (
        <TaskDialog
          title={`Disable ${task.user.name}?`}
          name="Disable"
          danger
          close={close}
          act={() => changeUser(task.user.name, { disabled: true }).then(fresh)}
        >
          <p className={styles.soft}>Keys and sessions end at once. What {task.user.name} has made stays.</p>
        </TaskDialog>
      )}
    </section>
  );
}

function AddDialog({ added, close }: { added: () => Promise<unknown>; close: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("member");
  const act = async () => {
    const { user, url } = await addUser(name.trim(), role);
    await added();
    return (
      <Made>
        <p>Send this link to {user.name}. It signs in one browser, once, within seven days.</p>
        <LinkToGive url={url} secret />
      </Made>
    );
  };
  return (
    <TaskDialog title="Add a user" name="Add" disabled={name.trim() === ""} act={act} close={close}>
      <div className={styles.fields}>
        <NameField label="Name" placeholder="ann" value={name} set={setName} />
        <Select label="Role" options={ROLES} value={role} onChange={(value) => setRole(value as Role)} />
        <p className={styles.soft}>{SERVER_ROLES}</p>
      </div>
    </TaskDialog>
  );
}
