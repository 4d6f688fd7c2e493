import { useQuery } from "@tanstack/react-query";
import { documentsQuery } from "../../api/documents";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import type { ProjectPath } from "../../api/queries";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import page from "../Page.module.css";
import { ViewList } from "../views/ViewList";

const isDocument = (change: Change) => change.kind === "document";

/** The saved views of a project. */
export default function ProjectViews({ path }: { path: ProjectPath }) {
  const query = documentsQuery(path, "view");
  const views = useQuery(query);
  useInvalidate(query.queryKey, isDocument, 1_000);
  if (views.isPending) return <Skeleton height={160} />;
  if (views.data === undefined) return <ErrorNote error={views.error} retry={views.refetch} />;
  if (views.data.documents.length === 0) {
    return (
      <EmptyState title="No saved views yet">
        <p>
          A view keeps what is chosen of the runs, and how columns and charts are arranged, under a name. Save
          one with the bookmark above the charts of a sweep, or above the runs.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className={page.sheet}>
      <ViewList path={path} views={views.data.documents} />
    </div>
  );
}
