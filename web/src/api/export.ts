/** Tables of runs that the server makes. */
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";

/** All facts, config and summary of the runs that match, with types. `filter` is JSON in the server's language. */
export const fetchParquet = (
  path: ProjectPath,
  sweep: string | undefined,
  filter: string | undefined,
): Promise<Blob> =>
  unwrap(
    client.GET("/api/v1/projects/{entity}/{project}/runs/export", {
      params: { path, query: { sweep, format: "parquet", filter } },
      parseAs: "blob",
    }),
  );
