import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import {
  deleteTeam,
  type Invitation,
  type Member,
  type Role,
  removeMember,
  setMember,
  type TeamDetails,
  teamQuery,
  teamsQuery,
  withdraw,
} from "../../api/accounts";
import { isStatus } from "../../api/errors";
import { viewerQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { formatTime } from "../../lib/format";
import styles from "./Account.module.css";
import { InviteDialog } from "./InviteDialog";
import { RoleChoice } from "./RoleChoice";
import { roleName, TEAM_ROLES } from "./roles";

type Task =
  | { kind: "invite" | "delete" }
  | { kind: "remove"; member: Member }
  | { kind: "withdraw"; invitation: Invitation };

/** A team: its members and what they may do, and who is invited. */
export function TeamPanel({ team }: { team: string }) {
  const query = teamQuery(team);
  const details = useQuery(query);
  // Also when it was there before: whoever has left it does not see it any more.
  if (isStatus(details.error, 404))
    return (
      <EmptyState title={`There is no team ${team}`}>
        <p>The address may be mistyped, the team may have been deleted, or you may not see it.</p>
        <Link href="/teams">All teams</Link>
      </EmptyState>
    );
  if (details.data === undefined) {
    if (details.error !== null) return <ErrorNote error={details.error} retry={details.refetch} />;
    return <Skeleton height={240} />;
  }
  return <Details team={details.data} />;
}

function Details({ team }: { team: TeamDetails }) {
  const queries = useQueryClient();
  const me = useQuery(viewerQuery).data?.name;
  const [, navigate] = useLocation();
  const [task, setTask] = useState<Task | null>(null);
  const close = () => setTask(null);
  const manages = team.role === "admin";
  const fresh = async () => {
    await Promise.all(
      [["teams"], ["people"], viewerQuery.queryKey].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
    return null;
  };
  const change = useMutation({
    mutationFn: ({ user, role }: { user: string; role: Role }) => setMember(team.name, user, role),
    onSettled: fresh,
  });
  const members: DataColumn<Member>[] = [
    {
      name: "Name",
      cell: ({ name }) => (
        <>
          {name}
          {name === me && <span className={styles.mark}>you</span>}
        </>
      ),
    },
    {
      name: "Role",
      cell: ({ name, role }) =>
        manages ? (
          <RoleChoice of={name} role={role} set={(role) => change.mutate({ user: name, role })} />
        ) : (
          roleName(role)
        ),
    },
    { name: "Since", cell: ({ since }) => <Ago time={since} /> },
    {
      name: "Actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (member) =>
        (manages || member.name === me) && (
          <div className={styles.row}>
            <Button
              aria-label={member.name === me ? "Leave the team" : `Remove ${member.name}`}
              onClick={() => setTask({ kind: "remove", member })}
            >
              {member.name === me ? "Leave" : "Remove"}
            </Button>
          </div>
        ),
    },
  ];
  const invitations: DataColumn<Invitation>[] = [
    { name: "To be", cell: ({ role }) => roleName(role) },
    { name: "Invited by", cell: ({ created_by }) => created_by },
    { name: "Made", cell: ({ created }) => <Ago time={created} /> },
    { name: "Good until", cell: ({ expires }) => formatTime(expires) },
    {
      name: "Actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (invitation) => (
        <div className={styles.row}>
          <Button onClick={() => setTask({ kind: "withdraw", invitation })}>Withdraw</Button>
        </div>
      ),
    },
  ];
  return (
    <>
      <section className={styles.section}>
        <div className={styles.head}>
          <h2>Team {team.name}</h2>
          <div className={styles.actions}>
            <Link href="/teams">All teams</Link>
            {manages && <Button onClick={() => setTask({ kind: "delete" })}>Delete the team</Button>}
            {manages && (
              <Button look="primary" onClick={() => setTask({ kind: "invite" })}>
                Invite
              </Button>
            )}
          </div>
        </div>
        <p className={styles.soft}>{TEAM_ROLES}</p>
        {change.error !== null && <ErrorNote error={change.error} />}
        <DataTable label="Members" columns={members} rows={team.members} rowKey={({ name }) => name} />
      </section>
      {team.invitations.length > 0 && (
        <section className={styles.section}>
          <h2>Open invitations</h2>
          <DataTable
            label="Open invitations"
            columns={invitations}
            rows={team.invitations}
            rowKey={({ id }) => id}
          />
        </section>
      )}
      {task?.kind === "invite" && <InviteDialog team={team.name} made={fresh} close={close} />}
      {task?.kind === "remove" && (
        <TaskDialog
          title={task.member.name === me ? `Leave ${team.name}?` : `Remove ${task.member.name}?`}
          name={task.member.name === me ? "Leave" : "Remove"}
          danger
          close={close}
          act={() => removeMember(team.name, task.member.name).then(fresh)}
        >
          <p className={styles.soft}>
            {task.member.name === me ? "You no longer see" : `${task.member.name} no longer sees`} the team's
            projects. What was made there stays.
          </p>
        </TaskDialog>
      )}
      {task?.kind === "delete" && (
        <TaskDialog
          title={`Delete ${team.name}?`}
          name="Delete"
          danger
          close={close}
          act={async () => {
            await deleteTeam(team.name);
            navigate("/teams");
            // Not `fresh`: this panel stands a moment longer, and would ask for what has just gone.
            for (const queryKey of [teamsQuery.queryKey, ["people"], viewerQuery.queryKey])
              await queries.invalidateQueries({ queryKey, exact: true });
            return null;
          }}
        >
          <p className={styles.soft}>
            A team can be deleted once it has no projects. Its members and invitations go, and anybody can
            take its name.
          </p>
        </TaskDialog>
      )}
      {task?.kind === "withdraw" && (
        <TaskDialog
          title="Withdraw this invitation?"
          name="Withdraw"
          danger
          close={close}
          act={() => withdraw(team.name, task.invitation.id).then(fresh)}
        >
          <p className={styles.soft}>Its link opens nothing any more.</p>
        </TaskDialog>
      )}
    </>
  );
}
