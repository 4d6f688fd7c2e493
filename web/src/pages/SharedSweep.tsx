import { useQuery } from "@tanstack/react-query";
import { Redirect } from "wouter";
import { sweepQuery } from "../api/queries";
import { sweepPath } from "../app/routes";
import { ErrorNote } from "../components/ErrorNote";
import { Skeleton } from "../components/Skeleton";

/** Where a link leads first: on to the sweep that it shows. */
export function SharedSweep({ id }: { id: string }) {
  const sweep = useQuery(sweepQuery(id));
  if (sweep.data !== undefined) return <Redirect to={sweepPath(sweep.data)} replace />;
  if (sweep.error !== null) return <ErrorNote error={sweep.error} retry={sweep.refetch} page />;
  return <Skeleton height={480} />;
}
