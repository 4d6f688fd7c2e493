import { Suspense } from "react";
import { type ProjectPath, projectImportanceQuery } from "../../api/queries";
import { Skeleton } from "../../components/Skeleton";
import { lazy } from "../../lib/lazy";

const ImportancePanel = lazy(() => import("../importance/ImportancePanel"));

/** Which keys of the runs' configurations matter, over all runs of the project. */
export const ProjectImportance = ({ path }: { path: ProjectPath }) => (
  <Suspense fallback={<Skeleton height={320} />}>
    <ImportancePanel ask={(question) => projectImportanceQuery(path, question)} />
  </Suspense>
);
