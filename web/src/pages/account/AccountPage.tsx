import { useQuery } from "@tanstack/react-query";
import { peoplePlaces, peopleQuery } from "../../api/people";
import { Tabs } from "../../components/Tabs";
import { useTitle } from "../../lib/useTitle";
import page from "../Page.module.css";
import { AuditPanel } from "./AuditPanel";
import { KeysPanel } from "./KeysPanel";

import { TeamsPanel } from "./TeamsPanel";
import { UsersPanel } from "./UsersPanel";

const PANELS = { Keys: KeysPanel, Teams: TeamsPanel, Users: UsersPanel, Log: AuditPanel };
export type AccountTab = keyof typeof PANELS;

/** What belongs to a person and to the server's people: keys, teams, users, and who did what. */
export default function AccountPage({ tab }: { tab: AccountTab }) {
  useTitle(tab, "Account");
  const people = useQuery(peopleQuery);
  const tabs = peoplePlaces(people.data);
  const Panel = PANELS[tab];
  return (
    <div className={page.page}>
      <h1>Account</h1>
      {tabs.length > 1 && <Tabs label="Account" tabs={tabs} current={tab} />}
      <Panel />
    </div>
  );
}
