import { Suspense } from "react";
import { sweepImportanceQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { RunsBar } from "../../components/RunsBar/RunsBar";
import { Skeleton } from "../../components/Skeleton";
import { lazy } from "../../lib/lazy";
import { BEYOND_WORDS, useChosenRuns } from "../../view/useChosenRuns";
import styles from "../Page.module.css";

const ImportancePanel = lazy(() => import("../importance/ImportancePanel"));

/** Which of the sweep's parameters matter, for the runs that are chosen. */
export function ImportanceTab({ sweep }: { sweep: Sweep }) {
  const { filter, beyondWords } = useChosenRuns();
  return (
    <>
      <RunsBar groups={false} />
      {beyondWords && <p className={styles.soft}>Importance is {BEYOND_WORDS}.</p>}
      <Suspense fallback={<Skeleton height={320} />}>
        <ImportancePanel
          ask={(question) => sweepImportanceQuery(sweep.id, { ...question, filter })}
          own={sweep.metric?.name}
        />
      </Suspense>
    </>
  );
}
