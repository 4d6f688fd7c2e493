import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect } from "react";
import { arrangementQuery } from "../api/documents";
import { useInvalidate } from "../api/LiveProvider";
import type { Change } from "../api/live";
import type { ProjectPath } from "../api/queries";
import { setCommon } from "../view/kept";

const isDocument = (change: Change) => change.kind === "document";
const NOTHING = {};

/** Hands what the project has arranged for everybody to all that asks for kept choices. */
export function CommonArrangement({ path: { entity, project } }: { path: ProjectPath }) {
  const query = arrangementQuery({ entity, project });
  const { data, isPending } = useQuery({ ...query, retry: false });
  useInvalidate(query.queryKey, isDocument, 1_000);
  useLayoutEffect(() => {
    if (isPending) return;
    const kept = data?.content.kept;
    setCommon(`${entity}/${project}`, typeof kept === "object" && kept !== null ? { ...kept } : NOTHING);
  }, [data, isPending, entity, project]);
  return null;
}
