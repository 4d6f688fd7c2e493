/** The link that lets anyone read a sweep. */
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "./client";

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
