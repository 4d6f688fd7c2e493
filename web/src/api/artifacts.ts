/** Artifacts of a project: named sets of files in versions. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";

const ARTIFACTS = "/api/v1/projects/{entity}/{project}/artifacts";

/** A list holds no more. */
export const MOST_LISTED = 1000;

/** The newest version of each name that has `search` in its name or type, without files. */
export const artifactNamesQuery = (path: ProjectPath, search: string) =>
  queryOptions({
    queryKey: ["artifact names", path.entity, path.project, search],
    queryFn: ({ signal }) => {
      const query = { newest: true, files: false, ...(search === "" ? {} : { search }) };
      return unwrap(client.GET(ARTIFACTS, { params: { path, query }, signal }));
    },
    placeholderData: keepPreviousData,
  });

/** All versions of a name, without files. */
export const artifactVersionsQuery = (path: ProjectPath, name: string) =>
  queryOptions({
    queryKey: ["artifact versions", path.entity, path.project, name],
    queryFn: ({ signal }) =>
      unwrap(client.GET(ARTIFACTS, { params: { path, query: { name, files: false } }, signal })),
  });

/** One version; `address`: `name:v3`, `name:ALIAS`, or `name` for the newest. */
export const artifactQuery = (path: ProjectPath, address: string) =>
  queryOptions({
    queryKey: ["artifact", path.entity, path.project, address],
    queryFn: ({ signal }) =>
      unwrap(client.GET(`${ARTIFACTS}/{name}`, { params: { path: { ...path, name: address } }, signal })),
  });

/** The runs that logged a version, and those that used it. */
export const artifactRunsQuery = (path: ProjectPath, address: string) =>
  queryOptions({
    queryKey: ["artifact runs", path.entity, path.project, address],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET(`${ARTIFACTS}/{name}/runs`, { params: { path: { ...path, name: address } }, signal }),
      ),
  });

/** Versions that a run used, without files. */
export const usedArtifactsQuery = (path: ProjectPath, run_id: string) =>
  queryOptions({
    queryKey: ["used artifacts", path.entity, path.project, run_id],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/v1/projects/{entity}/{project}/runs/{run_id}/artifacts/used", {
          params: { path: { ...path, run_id } },
          signal,
        }),
      ),
  });
