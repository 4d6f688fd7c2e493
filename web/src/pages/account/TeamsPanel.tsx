import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { makeTeam, type Team, teamsQuery } from "../../api/accounts";
import { viewerQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Skeleton } from "../../components/Skeleton";
import { formatCount } from "../../lib/format";
import styles from "./Account.module.css";
import { Made, NameField } from "./Field";
import { roleName } from "./roles";
import { TeamPanel } from "./TeamPanel";

const addressOf = (team: string): string => `/teams?team=${encodeURIComponent(team)}`;

const COLUMNS: DataColumn<Team>[] = [
  { name: "Team", cell: ({ name }) => <Link href={addressOf(name)}>{name}</Link> },
  { name: "You are", cell: ({ role }) => roleName(role) },
  { name: "Members", number: true, cell: ({ members }) => formatCount(members) },
  { name: "Projects", number: true, cell: ({ projects }) => formatCount(projects) },
];

/** The viewer's teams, or the one that the address names. */
export function TeamsPanel() {
  const [search] = useSearchParams();
  const named = search.get("team");
  return named === null ? <Teams /> : <TeamPanel key={named} team={named} />;
}

function Teams() {
  const viewer = useQuery(viewerQuery);
  const teams = useQuery(teamsQuery);
  const [making, setMaking] = useState(false);
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Teams</h2>
        {viewer.data?.role !== "viewer" && (
          <Button look="primary" onClick={() => setMaking(true)}>
            New team
          </Button>
        )}
      </div>
      {teams.error !== null && <ErrorNote error={teams.error} retry={teams.refetch} />}
      {teams.isPending && <Skeleton height={160} />}
      {teams.data?.teams.length === 0 && (
        <EmptyState title="You are in no team">
          <p>
            The projects of a team are for its members. Make one and invite others, or wait to be invited.
          </p>
        </EmptyState>
      )}
      {teams.data !== undefined && teams.data.teams.length > 0 && (
        <DataTable label="Teams" columns={COLUMNS} rows={teams.data.teams} rowKey={({ name }) => name} />
      )}
      {making && <NewTeamDialog close={() => setMaking(false)} />}
    </section>
  );
}

function NewTeamDialog({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const act = async () => {
    await makeTeam(name.trim());
    await Promise.all([
      queries.invalidateQueries({ queryKey: teamsQuery.queryKey }),
      queries.invalidateQueries({ queryKey: viewerQuery.queryKey }),
    ]);
    navigate(addressOf(name.trim()));
    return null;
  };
  return (
    <TaskDialog title="New team" name="Make the team" disabled={name.trim() === ""} act={act} close={close}>
      <Made>
        <NameField label="Name" placeholder="vision" value={name} set={setName} />
        <p className={styles.soft}>Its projects will be at {window.location.host}/NAME/project.</p>
      </Made>
    </TaskDialog>
  );
}
