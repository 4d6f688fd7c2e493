/** What people write and arrange on the page of a project: saved views and reports. */
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { ProjectPath } from "./queries";
import type { components } from "./schema";

export type Document = components["schemas"]["Document"];
export type DocumentHead = components["schemas"]["DocumentHead"];
export type DocumentKind = DocumentHead["kind"];

const DOCUMENTS = "/api/v1/projects/{entity}/{project}/documents";
const DOCUMENT = `${DOCUMENTS}/{document_id}` as const;

export const documentsQuery = (path: ProjectPath, kind: DocumentKind) =>
  queryOptions({
    queryKey: ["documents", path.entity, path.project, kind],
    queryFn: ({ signal }) => unwrap(client.GET(DOCUMENTS, { params: { path, query: { kind } }, signal })),
  });

export const documentQuery = (path: ProjectPath, document_id: string) =>
  queryOptions({
    queryKey: ["document", path.entity, path.project, document_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET(DOCUMENT, { params: { path: { ...path, document_id } }, signal })),
  });

/** How the project is arranged for everybody; null where it is not. */
export const arrangementQuery = (path: ProjectPath) =>
  queryOptions({
    queryKey: ["arrangement", path.entity, path.project],
    queryFn: async ({ client: queries, signal }) => {
      const query = { kind: "arrangement" } as const;
      const { documents } = await unwrap(client.GET(DOCUMENTS, { params: { path, query }, signal }));
      const [head] = documents;
      return head === undefined
        ? null
        : queries.fetchQuery({ ...documentQuery(path, head.id), staleTime: 0, gcTime: 0 });
    },
  });

export const createDocument = (
  path: ProjectPath,
  kind: DocumentKind,
  title: string,
  content: Record<string, unknown>,
) => unwrap(client.POST(DOCUMENTS, { params: { path }, body: { kind, title, content } }));

/** `version`: the one that was read. Throws an ApiError of status 409 when somebody was faster. */
export const changeDocument = (
  path: ProjectPath,
  document_id: string,
  body: { title: string; content: Record<string, unknown>; version: number },
) => unwrap(client.PUT(DOCUMENT, { params: { path: { ...path, document_id } }, body }));

export const removeDocument = (path: ProjectPath, document_id: string) =>
  unwrap(client.DELETE(DOCUMENT, { params: { path: { ...path, document_id } } }));
