import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { useShortcut } from "../../app/useShortcut";
import { MetricCharts } from "../../charts/lazy";
import { Skeleton } from "../../components/Skeleton";
import { cardInAddress, isMetricCard } from "../../components/screen";
import { plural } from "../../lib/format";
import { useKept } from "../../view/kept";
import { loggedKeys } from "../../view/loggedKeys";
import { useRunView } from "../../view/RunView";
import styles from "./AllMetrics.module.css";
import { useDrawnRuns } from "./useDrawnRuns";

/** The curves of every number that the runs log; folded until opened, also by an address, and then whenever the reader comes back. */
export function AllMetrics({ sweep }: { sweep: Sweep }) {
  const [, navigate] = useLocation();
  const view = useRunView();
  const runs = useDrawnRuns(sweep);
  const [open, setOpen] = useKept(`${sweep.entity}/${sweep.project}`, "all metrics", false);
  const [isNamed] = useState(() => isMetricCard(cardInAddress()));
  useEffect(() => {
    if (isNamed) setOpen(true);
  }, [isNamed, setOpen]);
  const keys = useMemo(() => loggedKeys(view.fields), [view.fields]);
  const summary = useRef<HTMLElement>(null);
  useShortcut("m", () => {
    setOpen(!open);
    summary.current?.focus();
  });
  if (keys.length === 0) return null;
  return (
    <details
      className={styles.section}
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary ref={summary}>
        <h2>All metrics</h2>
        <span className={styles.count}>{plural(keys.length, "metric")}</span>
      </summary>
      {open && (
        <Suspense fallback={<Skeleton height={360} />}>
          <MetricCharts
            path={sweep}
            runs={runs}
            order={sweep.metric === null ? "newest first" : "best first"}
            fields={view.fields}
            keys={keys}
            hover={view.hover}
            onOpen={(id) => navigate(runPath({ ...sweep, id }))}
          />
        </Suspense>
      )}
    </details>
  );
}
