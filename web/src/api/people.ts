/** Which of the pages about people make sense for who looks. */
import { queryOptions } from "@tanstack/react-query";
import { teamsQuery, usersQuery } from "./accounts";
import { viewerQuery } from "./queries";
import type { Viewer } from "./types";

export interface People {
  viewer: Viewer;
  /** Whether there is, or may well be, anybody else: on a laptop there is not. */
  company: boolean;
  /** Whether the log of some team, or of the server, is open to the viewer. */
  seesLog: boolean;
}

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: async ({ client }): Promise<People> => {
    const [viewer, { users }, { teams }] = await Promise.all([
      client.fetchQuery(viewerQuery),
      client.fetchQuery(usersQuery),
      client.fetchQuery(teamsQuery),
    ]);
    return {
      viewer,
      company: hasCompany(viewer.shared === true, users.length, teams.length),
      seesLog: viewer.role === "admin" || teams.some(({ role }) => role === "admin"),
    };
  },
});

/** A server that others reach has company to come: its first administrator lets them in. */
export const hasCompany = (shared: boolean, users: number, teams: number): boolean =>
  shared || users > 1 || teams > 0;

/** The pages about people, each with its address; for somebody alone only that of the keys. */
export function peoplePlaces(people: People | undefined): { name: string; href: string }[] {
  const { viewer, company, seesLog } = people ?? { viewer: null, company: false, seesLog: false };
  return [
    { name: "Keys", href: "/keys", shown: true },
    { name: "Teams", href: "/teams", shown: company },
    { name: "Users", href: "/users", shown: company && viewer?.role === "admin" },
    { name: "Log", href: "/log", shown: company && seesLog },
  ]
    .filter(({ shown }) => shown)
    .map(({ name, href }) => ({ name, href }));
}
