import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "../api/client";
import type { Found } from "../api/types";
import { type OwnNames, ownName, type RunPlace, runsCalled } from "../view/ownNames";

/** So many of a kind are found at most. */
export const MOST = 8;

/** `mine`: what the reader calls the run. */
export type Hit = Found & { mine?: string | undefined };

/**
 * Projects, sweeps and runs that have a text in their name or id. The server does not know the names of one's own, by place
 * in `names`: a run that is called so comes before others, if it is still there.
 */
export const quickSearchQuery = (text: string, names: ReadonlyMap<string, OwnNames>) =>
  queryOptions({
    queryKey: ["search", text],
    queryFn: async ({ signal }): Promise<Hit[]> => {
      const [{ found }, ...called] = await Promise.all([
        unwrap(client.GET("/api/v1/search", { params: { query: { q: text, limit: MOST } }, signal })),
        ...runsCalled(names, text, MOST).map((run) => runAt(run, signal)),
      ]);
      return withCalled(
        found,
        called.flatMap((one) => one ?? []),
      ).map((one) => ({ ...one, mine: mineOf(one, names) }));
    },
    enabled: text !== "",
    placeholderData: keepPreviousData,
  });

/** undefined where it is no longer. */
async function runAt({ id, ...place }: RunPlace, signal: AbortSignal): Promise<Found | undefined> {
  const path = { ...place, run_id: id };
  const { data } = await client.GET("/api/v1/projects/{entity}/{project}/runs/{run_id}", {
    params: { path },
    signal,
  });
  if (data?.entity !== place.entity || data.project !== place.project) return undefined;
  return { kind: "run", ...place, id, name: data.name, state: data.state, url: data.url };
}

function withCalled(found: readonly Found[], called: readonly Found[]): Found[] {
  const known = new Set(called.map(({ url }) => url));
  const others = found.filter(({ kind, url }) => kind === "run" && !known.has(url));
  return [...found.filter(({ kind }) => kind !== "run"), ...[...called, ...others].slice(0, MOST)];
}

const mineOf = ({ kind, entity, project, id }: Found, names: ReadonlyMap<string, OwnNames>) =>
  kind === "run" ? ownName(names.get(`${entity}/${project}`) ?? {}, id) : undefined;
