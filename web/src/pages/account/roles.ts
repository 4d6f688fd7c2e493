import type { Role } from "../../api/accounts";

export const ROLES: readonly (readonly [Role, string])[] = [
  ["viewer", "Viewer"],
  ["member", "Member"],
  ["admin", "Admin"],
];

/** What the roles of a team mean, and those of the server. */
export const TEAM_ROLES = "Viewers look, members work with sweeps and runs, admins manage the team too.";
export const SERVER_ROLES =
  "Viewers only look, wherever they are members. Members work in their teams and their own projects. Admins see and manage everything.";

export const roleName = (role: Role): string => ROLES.find(([value]) => value === role)?.[1] ?? role;
