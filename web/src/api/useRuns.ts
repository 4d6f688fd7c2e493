import { useMemo, useSyncExternalStore } from "react";
import { LastUsed } from "../lib/lastUsed";
import { client, unwrap } from "./client";
import { curveEnds } from "./curveEnds";
import type { ProjectPath } from "./queries";
import { type FetchRuns, RunCollection, type RunsSnapshot } from "./runCollection";
import type { Run } from "./types";

/** Collections outlive their page, so that going back shows the runs at once. */
const KEPT = 4;
const collections = new LastUsed<RunCollection>(KEPT);

const fetcher =
  (path: ProjectPath, sweep: string | undefined): FetchRuns =>
  (request, signal) =>
    unwrap(
      client.GET("/api/v1/projects/{entity}/{project}/runs", {
        params: { path, query: { ...request, sweep } },
        signal,
      }),
    );

const nameOf = ({ entity, project }: ProjectPath, sweep: string | undefined): string =>
  JSON.stringify([entity, project, sweep]);

/** Whether all of these runs are here already. */
export const hasRuns = (path: ProjectPath, sweep?: string): boolean =>
  collections.peek(nameOf(path, sweep))?.getSnapshot().complete === true;

/** A run of which some table of these pages knows, as it was told there. */
export const knownRun = ({ entity, project }: ProjectPath, id: string): Run | undefined =>
  collections
    .all()
    .map((one) => one.find(id))
    .find((run) => run?.entity === entity && run.project === project);

export const runCollection = (path: ProjectPath, sweep?: string): RunCollection =>
  collections.use(nameOf(path, sweep), () => new RunCollection(fetcher(path, sweep), () => curveEnds(path)));

export const useRuns = (collection: RunCollection) =>
  useSyncExternalStore(collection.subscribe, collection.getSnapshot);

/** Of several collections at once, in their order. `collections` must keep its identity while they are the same. */
export function useRunsOfAll(collections: readonly RunCollection[]): readonly RunsSnapshot[] {
  const together = useMemo(() => {
    let known: readonly RunsSnapshot[] = [];
    return {
      subscribe: (listener: () => void) => {
        const leave = collections.map((one) => one.subscribe(listener));
        return () => {
          for (const one of leave) one();
        };
      },
      getSnapshot: () => {
        const now = collections.map((one) => one.getSnapshot());
        if (now.length !== known.length || now.some((one, i) => one !== known[i])) known = now;
        return known;
      },
    };
  }, [collections]);
  return useSyncExternalStore(together.subscribe, together.getSnapshot);
}
