/** Changes to one run or to many. */
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";
import type { RunAction, RunsChanged } from "./types";

/** So many the server takes in one request. */
const AT_ONCE = 10_000;

export interface ChangeDetails {
  /** Those to add or to take away. */
  tags?: string[];
  /** The project to move to: `entity/project`. */
  to?: string;
}

/** Changes the runs of these ids. Throws an ApiError. */
export async function changeRuns(
  path: ProjectPath,
  action: RunAction,
  ids: readonly string[],
  more: ChangeDetails = {},
): Promise<RunsChanged> {
  const all: RunsChanged = { matched: 0, changed: 0, refused: 0, reasons: [], queued: [] };
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const body = { action, runs: ids.slice(start, start + AT_ONCE), ...more };
    const part = await unwrap(
      client.POST("/api/v1/projects/{entity}/{project}/runs/changes", { params: { path }, body }),
    );
    all.matched += part.matched;
    all.changed += part.changed;
    all.refused += part.refused;
    all.reasons.push(...part.reasons);
    all.queued?.push(...(part.queued ?? []));
  }
  return all;
}

const RUN = "/api/v1/projects/{entity}/{project}/runs/{run_id}";

export const renameRun = (path: ProjectPath, run_id: string, name: string) =>
  unwrap(client.PATCH(RUN, { params: { path: { ...path, run_id } }, body: { name } }));

export const describeRun = (path: ProjectPath, run_id: string, notes: string) =>
  unwrap(client.PATCH(RUN, { params: { path: { ...path, run_id } }, body: { notes } }));

export const stopRun = (path: ProjectPath, run_id: string) =>
  unwrap(client.POST(`${RUN}/stop`, { params: { path: { ...path, run_id } }, body: {} }));

/** Deleted runs whose data are still there, the latest made first. */
export const fetchDeletedRuns = (path: ProjectPath, sweep: string | undefined, limit: number) =>
  unwrap(
    client.GET("/api/v1/projects/{entity}/{project}/runs", {
      params: { path, query: { sweep, deleted: true, limit, order: "-created_at" } },
    }),
  );
