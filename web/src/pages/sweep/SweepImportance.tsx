import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { Link, useRoute, useSearchParams } from "wouter";
import { IS_SHARED_REPORT } from "../../api/base";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { sweepImportanceQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { sweepPath } from "../../app/routes";
import { Nothing } from "../../charts/Nothing";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import { BEYOND_WORDS, useChosenRuns } from "../../view/useChosenRuns";
import { Basis } from "../importance/Basis";
import { ImportanceTable } from "../importance/ImportanceTable";
import { hasShares, shortBasis } from "../importance/words";
import styles from "./SweepImportance.module.css";

/** Parameters; with fewer of them there is room for values of categories. */
const MOST = 6;
const ROWS = 5;
const INTERVAL = 10_000;
const isRun = (change: Change) => change.kind === "run";

interface Props {
  sweep: Sweep;
  height: number;
  /** No higher than what it holds: nothing stands beside it. */
  alone?: boolean;
}

/** Which parameters matter most; the rest of it has a tab of its own. */
export function SweepImportance({ sweep, height, alone = false }: Props) {
  const { filter, beyondWords } = useChosenRuns();
  const query = sweepImportanceQuery(sweep.id, { method: "forest", filter });
  const answer = useQuery({ ...query, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, isRun, INTERVAL);
  const found = answer.data;
  const address = sweepPath(sweep);
  const [isOwnPage] = useRoute("/:entity/:project/sweeps/:id");
  const [search] = useSearchParams();
  // On the sweep's own page what is searched, filtered and brushed goes along; a report's address means something else.
  const params = new URLSearchParams(isOwnPage ? search : undefined);
  params.set("tab", "importance");
  const first = found?.parameters.slice(0, MOST) ?? [];
  return (
    <Card
      title="What matters most"
      aside={
        <>
          {found !== undefined && (
            <span>{beyondWords ? BEYOND_WORDS : `from ${plural(found.runs, "run")}`}</span>
          )}
          {!IS_SHARED_REPORT && <Link href={`${address}?${params}`}>All about importance</Link>}
        </>
      }
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a section inside the card's would be one landmark too many */}
      <div
        className={styles.frame}
        style={alone ? undefined : ({ "--height": `${height}px` } as CSSProperties)}
        role="group"
        aria-label="Parameters"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {found === undefined ? (
          answer.error !== null ? (
            <ErrorNote error={answer.error} retry={answer.refetch} />
          ) : (
            <Skeleton height={height} />
          )
        ) : first.length === 0 ? (
          <Nothing height={height}>{found.reason}</Nothing>
        ) : (
          <>
            <ImportanceTable
              parameters={first}
              metric={found.metric ?? ""}
              runs={found.runs}
              shares={hasShares(found)}
              doubtful={found.reason !== ""}
              rows={ROWS}
            />
            <Basis found={found} words={[shortBasis(found)]} />
          </>
        )}
      </div>
    </Card>
  );
}
