/** The links that let anyone read a sweep, or a report. */
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";

const LINK = "/api/v1/sweeps/{sweep_id}/link";

export const sweepLinkQuery = (sweep_id: string) =>
  queryOptions({
    queryKey: ["link", sweep_id],
    queryFn: ({ signal }) => unwrap(client.GET(LINK, { params: { path: { sweep_id } }, signal })),
  });

/** With `renew` the link that there is ends, and another one takes its place. */
export const makeLink = (sweep_id: string, renew: boolean) =>
  unwrap(client.PUT(LINK, { params: { path: { sweep_id }, query: { renew } } }));

export const endLink = (sweep_id: string) => unwrap(client.DELETE(LINK, { params: { path: { sweep_id } } }));

const REPORT = "/api/v1/projects/{entity}/{project}/documents/{document_id}/link";

export const reportLinkQuery = (path: ProjectPath, document_id: string) =>
  queryOptions({
    queryKey: ["link", path.entity, path.project, document_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET(REPORT, { params: { path: { ...path, document_id } }, signal })),
  });

export const makeReportLink = (path: ProjectPath, document_id: string, renew: boolean) =>
  unwrap(client.PUT(REPORT, { params: { path: { ...path, document_id }, query: { renew } } }));

export const endReportLink = (path: ProjectPath, document_id: string) =>
  unwrap(client.DELETE(REPORT, { params: { path: { ...path, document_id } } }));
