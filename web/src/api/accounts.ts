/** Users, their keys, teams, invitations, and the log of who did what. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ApiKey = Schemas["ApiKey"];
export type AuditEntry = Schemas["AuditEntry"];
export type Invitation = Schemas["Invitation"];
export type Member = Schemas["Member"];
export type NewKey = Schemas["NewKey"];
export type Role = Schemas["User"]["role"];
export type Team = Schemas["Team"];
export type TeamDetails = Schemas["TeamDetails"];
export type User = Schemas["User"];

const PAGE = 100;

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/v1/keys", { signal })),
});
export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/v1/users", { signal })),
});
export const teamsQuery = queryOptions({
  queryKey: ["teams"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/v1/teams", { signal })),
});
export const teamQuery = (team: string) =>
  queryOptions({
    queryKey: ["teams", team],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/teams/{team}", { params: { path: { team } }, signal })),
  });
/** `entity`: only what was done there; null: all that the server keeps. */
export const auditQuery = (entity: string | null) =>
  infiniteQueryOptions({
    queryKey: ["audit", entity],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        client.GET("/api/v1/audit", {
          params: {
            query: {
              limit: PAGE,
              ...(entity === null ? {} : { entity }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => cursor ?? null,
  });
/** What an invitation is to; asked with its secret alone. */
export const invitationQuery = (secret: string) =>
  queryOptions({
    queryKey: ["invitation", secret],
    queryFn: ({ signal }) => unwrap(client.POST("/api/v1/invitations/look", { body: { secret }, signal })),
    retry: false,
    // Looking again would fail once it is accepted, and each failure counts as a guess.
    staleTime: Infinity,
  });

export const makeKey = (body: NewKey) => unwrap(client.POST("/api/v1/keys", { body }));
export const revokeKey = (key_id: string) =>
  unwrap(client.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id } } }));

export const addUser = (name: string, role: Role) =>
  unwrap(client.POST("/api/v1/users", { body: { name, role } }));
export const changeUser = (name: string, body: { role?: Role; disabled?: boolean }) =>
  unwrap(client.PATCH("/api/v1/users/{name}", { params: { path: { name } }, body }));
/** A one-time address that signs the user's browser in. */
export const signInLink = (name: string) =>
  unwrap(client.POST("/api/v1/users/{name}/link", { params: { path: { name } } }));

export const userKeysQuery = (name: string) =>
  queryOptions({
    queryKey: ["users", name, "keys"],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/v1/users/{name}/keys", { params: { path: { name } }, signal })),
  });
export const revokeKeyOf = (name: string, key_id: string) =>
  unwrap(client.DELETE("/api/v1/users/{name}/keys/{key_id}", { params: { path: { name, key_id } } }));
/** Ends all browser sessions of a user, and sign-in links that nobody has used. */
export const signOutEverywhere = (name: string) =>
  unwrap(client.DELETE("/api/v1/users/{name}/sessions", { params: { path: { name } } }));

export const makeTeam = (team: string) =>
  unwrap(client.PUT("/api/v1/teams/{team}", { params: { path: { team } } }));
export const deleteTeam = (team: string) =>
  unwrap(client.DELETE("/api/v1/teams/{team}", { params: { path: { team } } }));
/** Also adds who is no member yet. */
export const setMember = (team: string, user: string, role: Role) =>
  unwrap(
    client.PUT("/api/v1/teams/{team}/members/{user}", { params: { path: { team, user } }, body: { role } }),
  );
export const removeMember = (team: string, user: string) =>
  unwrap(client.DELETE("/api/v1/teams/{team}/members/{user}", { params: { path: { team, user } } }));
export const invite = (team: string, role: Role, days: number) =>
  unwrap(
    client.POST("/api/v1/teams/{team}/invitations", { params: { path: { team } }, body: { role, days } }),
  );
export const withdraw = (team: string, invitation_id: string) =>
  unwrap(
    client.DELETE("/api/v1/teams/{team}/invitations/{invitation_id}", {
      params: { path: { team, invitation_id } },
    }),
  );
/** `name`: of the account that is made; null for who is signed in. */
export const acceptInvitation = (secret: string, name: string | null) =>
  unwrap(client.POST("/api/v1/invitations/accept", { body: { secret, ...(name === null ? {} : { name }) } }));

export const signOut = () => unwrap(client.DELETE("/api/v1/session"));
