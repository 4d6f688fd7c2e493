import { useState } from "react";
import { invite, type Role } from "../../api/accounts";
import { LinkToGive } from "../../components/LinkToGive";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Select } from "../../components/Select";
import { formatTime } from "../../lib/format";
import styles from "./Account.module.css";
import { Made } from "./Field";
import { ROLES, TEAM_ROLES } from "./roles";

const LASTS: readonly (readonly [string, string])[] = [
  ["1", "One day"],
  ["7", "7 days"],
  ["30", "30 days"],
];

interface Props {
  team: string;
  made: () => Promise<unknown>;
  close: () => void;
}

/** A link by which one person joins a team. */
export function InviteDialog({ team, made, close }: Props) {
  const [role, setRole] = useState<Role>("member");
  const [days, setDays] = useState("7");
  const act = async () => {
    const { invitation, url } = await invite(team, role, Number(days));
    await made();
    return (
      <Made>
        <p>Send this link to one person. It works once, until {formatTime(invitation.expires)}.</p>
        <LinkToGive url={url} secret />
      </Made>
    );
  };
  return (
    <TaskDialog title={`Invite to ${team}`} name="Make a link" act={act} close={close}>
      <div className={styles.fields}>
        <p className={styles.soft}>Whoever opens the link joins the team, with a new account if need be.</p>
        <Select label="Role" options={ROLES} value={role} onChange={(value) => setRole(value as Role)} />
        <p className={styles.soft}>{TEAM_ROLES}</p>
        <Select label="Good for" options={LASTS} value={days} onChange={setDays} />
      </div>
    </TaskDialog>
  );
}
