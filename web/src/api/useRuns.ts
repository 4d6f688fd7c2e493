import { useSyncExternalStore } from "react";
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";
import { type FetchRuns, RunCollection } from "./runCollection";

/** Collections outlive their page, so that going back shows the runs at once. */
const KEPT = 4;
const collections = new Map<string, RunCollection>();

const fetcher =
  (path: ProjectPath, sweep: string | undefined): FetchRuns =>
  (request, signal) =>
    unwrap(
      client.GET("/api/v1/projects/{entity}/{project}/runs", {
        params: { path, query: { ...request, sweep } },
        signal,
      }),
    );

export function runCollection(path: ProjectPath, sweep?: string): RunCollection {
  const key = JSON.stringify([path.entity, path.project, sweep]);
  const collection = collections.get(key) ?? new RunCollection(fetcher(path, sweep));
  collections.delete(key);
  collections.set(key, collection);
  for (const oldest of collections.keys()) {
    if (collections.size <= KEPT) break;
    collections.delete(oldest);
  }
  return collection;
}

export const useRuns = (collection: RunCollection) =>
  useSyncExternalStore(collection.subscribe, collection.getSnapshot);
