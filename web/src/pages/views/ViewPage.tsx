import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { documentQuery } from "../../api/documents";
import { isStatus } from "../../api/errors";
import type { ProjectPath } from "../../api/queries";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { keepOnly } from "../../view/kept";
import { NotFoundPage } from "../NotFoundPage";
import { addressOf } from "./savedView";

/** The address of a saved view: arranges the page as it was saved, and leads there. */
export default function ViewPage({ path, id }: { path: ProjectPath; id: string }) {
  const [, navigate] = useLocation();
  const view = useQuery({ ...documentQuery(path, id), staleTime: 0, gcTime: 0 });
  const content = view.data?.content;
  const { entity, project } = path;
  useEffect(() => {
    if (content === undefined) return;
    const { kept } = content;
    if (typeof kept === "object" && kept !== null) keepOnly(`${entity}/${project}`, { ...kept });
    navigate(addressOf({ entity, project }, content), { replace: true });
  }, [content, entity, project, navigate]);
  if (isStatus(view.error, 404)) return <NotFoundPage what="view" path={path} />;
  if (view.error !== null) return <ErrorNote error={view.error} retry={view.refetch} page />;
  return <Skeleton height={360} />;
}
