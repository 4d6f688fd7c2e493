import { lazy, Suspense } from "react";
import { sweepImportanceQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { Skeleton } from "../../components/Skeleton";

const ImportancePanel = lazy(() => import("../importance/ImportancePanel"));

/** Which of the sweep's parameters matter. */
export const ImportanceTab = ({ sweep }: { sweep: Sweep }) => (
  <Suspense fallback={<Skeleton height={320} />}>
    <ImportancePanel ask={(question) => sweepImportanceQuery(sweep.id, question)} own={sweep.metric?.name} />
  </Suspense>
);
