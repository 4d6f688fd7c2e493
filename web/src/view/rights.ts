/** What somebody may do in the projects of an entity, as the server decides it too. Pure. */
import type { Viewer } from "../api/types";

/** Whether what changes something there is to be shown. */
export function mayWriteIn({ role, entity: own, teams = [] }: Viewer, entity: string): boolean {
  if (role === "viewer") return false;
  if (role === "admin" || entity === own) return true;
  const team = teams.find(({ name }) => name === entity);
  return team !== undefined && team.role !== "viewer";
}
