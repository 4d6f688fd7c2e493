/** What the page asks the server for, one entry per question. */
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { HistoryPage, ImportanceMethod, Run, RunPage } from "./types";

export interface ProjectPath {
  entity: string;
  project: string;
}

export const viewerQuery = queryOptions({
  queryKey: ["viewer"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/v1/viewer", { signal })),
  staleTime: 60_000, // roles change seldom, but they do
});

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/v1/projects", { signal })),
  refetchInterval: 5_000,
});

export const projectQuery = (path: ProjectPath) =>
  queryOptions({
    queryKey: ["project", path.entity, path.project],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/projects/{entity}/{project}", { params: { path }, signal })),
  });

export const sweepsQuery = (path: ProjectPath) =>
  queryOptions({
    queryKey: ["sweeps", path.entity, path.project],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/projects/{entity}/{project}/sweeps", { params: { path }, signal })),
  });

export const sweepQuery = (sweep_id: string) =>
  queryOptions({
    queryKey: ["sweep", sweep_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/sweeps/{sweep_id}", { params: { path: { sweep_id } }, signal })),
  });

export const sweepEventsQuery = (sweep_id: string, limit: number) =>
  queryOptions({
    queryKey: ["events", sweep_id, limit],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/v1/sweeps/{sweep_id}/events", {
          params: { path: { sweep_id }, query: { limit } },
          signal,
        }),
      ),
  });

export const sweepAgentsQuery = (sweep_id: string) =>
  queryOptions({
    queryKey: ["agents", sweep_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/sweeps/{sweep_id}/agents", { params: { path: { sweep_id } }, signal })),
  });

/** How busy the machines of a sweep's agents are. */
export const agentLoadsQuery = (sweep_id: string) =>
  queryOptions({
    queryKey: ["agent loads", sweep_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/sweeps/{sweep_id}/agents/load", { params: { path: { sweep_id } }, signal })),
    refetchInterval: 10_000,
  });

export const sweepRungsQuery = (sweep_id: string) =>
  queryOptions({
    queryKey: ["rungs", sweep_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/sweeps/{sweep_id}/rungs", { params: { path: { sweep_id } }, signal })),
  });

export interface ImportanceQuestion {
  /** Without one: the sweep's own. */
  metric?: string;
  goal?: "minimize" | "maximize";
  method: ImportanceMethod;
  /** JSON text: only runs that match count. */
  filter?: string;
}

export const sweepImportanceQuery = (sweep_id: string, query: ImportanceQuestion) =>
  queryOptions({
    queryKey: ["importance", sweep_id, query],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/v1/sweeps/{sweep_id}/importance", {
          params: { path: { sweep_id }, query },
          signal,
        }),
      ),
  });

export const projectImportanceQuery = (path: ProjectPath, query: ImportanceQuestion) =>
  queryOptions({
    queryKey: ["importance", path.entity, path.project, query],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/v1/projects/{entity}/{project}/importance", { params: { path, query }, signal }),
      ),
  });

/** The least and the largest number that each run has logged; `sweep`: null for all runs of the project. */
export const extremesQuery = (path: ProjectPath, sweep: string | null, key: string) =>
  queryOptions({
    queryKey: ["extremes", path.entity, path.project, sweep, key],
    queryFn: ({ signal }) => {
      const query = sweep === null ? { key } : { key, sweep };
      return unwrap(
        client.GET("/api/v1/projects/{entity}/{project}/extremes", { params: { path, query }, signal }),
      );
    },
  });

export const runQuery = (path: ProjectPath, run_id: string) =>
  queryOptions({
    queryKey: ["run", path.entity, path.project, run_id],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/v1/projects/{entity}/{project}/runs/{run_id}", {
          params: { path: { ...path, run_id } },
          signal,
        }),
      ),
  });

/** All runs of a sweep that match a filter, in the server's language, as JSON. Without one see `runCollection`. */
export const allRunsOfSweepQuery = (path: ProjectPath, sweep: string, filter: string) =>
  queryOptions({
    queryKey: ["runs of sweep", path.entity, path.project, sweep, filter],
    queryFn: async ({ signal }): Promise<Run[]> => {
      const runs: Run[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const query = { sweep, filter, limit: 10_000, ...(cursor === undefined ? {} : { cursor }) };
        const page: RunPage = await unwrap(
          client.GET("/api/v1/projects/{entity}/{project}/runs", { params: { path, query }, signal }),
        );
        runs.push(...page.runs);
        cursor = page.cursor ?? null;
      }
      return runs;
    },
  });

const RUN = "/api/v1/projects/{entity}/{project}/runs/{run_id}";

export const runDetailsQuery = (path: ProjectPath, run_id: string) =>
  queryOptions({
    queryKey: ["details", path.entity, path.project, run_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET(`${RUN}/details`, { params: { path: { ...path, run_id } }, signal })),
  });

export const runEventsQuery = (path: ProjectPath, run_id: string) =>
  queryOptions({
    queryKey: ["events", path.entity, path.project, run_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET(`${RUN}/events`, { params: { path: { ...path, run_id } }, signal })),
  });

export const runArtifactsQuery = (path: ProjectPath, run_id: string) =>
  queryOptions({
    queryKey: ["artifacts", path.entity, path.project, run_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET(`${RUN}/artifacts`, { params: { path: { ...path, run_id } }, signal })),
  });

export const runSystemQuery = (path: ProjectPath, run_id: string, points: number) =>
  queryOptions({
    queryKey: ["system", path.entity, path.project, run_id, points],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET(`${RUN}/system`, { params: { path: { ...path, run_id }, query: { points } }, signal }),
      ),
  });

export const runFilesQuery = (path: ProjectPath, run_id: string) =>
  queryOptions({
    queryKey: ["files", path.entity, path.project, run_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET(`${RUN}/files`, { params: { path: { ...path, run_id } }, signal })),
  });

/** Rows that hold one key. A row may stand here twice, because a run goes on while it is asked for. */
export interface LoggedRows {
  rows: Record<string, unknown>[];
  /** Number of the run's rows that were looked at. */
  seen: number;
}

/** All rows that hold a key; asked again, only those behind the ones that are known. `steps`: rows that the run has. */
export const runHistoryQuery = (path: ProjectPath, run_id: string, key: string, steps: number) => {
  const queryKey = ["history", path.entity, path.project, run_id, key];
  return queryOptions({
    queryKey,
    structuralSharing: false,
    queryFn: async ({ signal, client: cache }): Promise<LoggedRows> => {
      const known = cache.getQueryData<LoggedRows>(queryKey) ?? { rows: [], seen: 0 };
      const rows = [...known.rows];
      for (let after: number | null = known.seen; after !== null; ) {
        const page: HistoryPage = await unwrap(
          client.GET(`${RUN}/history`, {
            params: { path: { ...path, run_id }, query: { after, keys: [key], limit: 10_000 } },
            signal,
          }),
        );
        rows.push(...page.rows);
        after = page.next_row ?? null;
      }
      return { rows, seen: Math.max(known.seen, steps) };
    },
  });
};

export const fetchOutput = (path: ProjectPath, run_id: string, after: number, signal: AbortSignal) =>
  unwrap(
    client.GET(`${RUN}/output`, {
      params: { path: { ...path, run_id }, query: { after, limit: 10_000 } },
      signal,
    }),
  );

export const signIn = (key: string) => unwrap(client.POST("/api/v1/session", { body: { key } }));
/** With what stands behind the `#` of a link that somebody was sent. */
export const signInByLink = (ticket: string) => unwrap(client.POST("/api/v1/session", { body: { ticket } }));
