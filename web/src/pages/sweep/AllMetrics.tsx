import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { useShortcut } from "../../app/useShortcut";
import MetricCharts from "../../charts/curvepanel/MetricCharts";
import { cardInAddress, isMetricCard } from "../../components/screen";
import { plural } from "../../lib/format";
import { FoldHeading } from "../../panels/FoldHeading";
import styles from "../../panels/Panels.module.css";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import { useDrawnRuns } from "./useDrawnRuns";

interface Props {
  sweep: Sweep;
  /** The numbers that the runs log. */
  keys: readonly string[];
  /** How many charts there are, and how many of them are looked for. */
  total: number;
  found: number;
  /** What their names must match; null: nothing is searched. */
  pattern: RegExp | null;
}

/**
 * The curves of every number that the runs log; folded until opened, searched or named by an address, and as the reader left
 * it on the next visit.
 */
export function AllMetrics({ sweep, keys, total, found, pattern }: Props) {
  const [, navigate] = useLocation();
  const { fields, hover } = useRunView();
  const runs = useDrawnRuns(sweep);
  const [kept, keep] = useKept(`${sweep.entity}/${sweep.project}`, "all metrics", false);
  const [isNamed] = useState(() => isMetricCard(cardInAddress()));
  useEffect(() => {
    if (isNamed) keep(true);
  }, [isNamed, keep]);
  const button = useRef<HTMLButtonElement>(null);
  const open = kept || pattern !== null;
  useShortcut("m", () => {
    if (pattern === null) keep(!kept);
    button.current?.focus();
  });
  return (
    <>
      <div className={styles.section}>
        <FoldHeading
          button={button}
          name="All metrics"
          count={pattern === null ? plural(total, "chart") : `${found} of ${plural(total, "chart")}`}
          open={open}
          fold={pattern === null ? (away) => keep(!away) : null}
        />
      </div>
      {open && (
        <MetricCharts
          path={sweep}
          runs={runs}
          order={sweep.metric === null ? "newest first" : "best first"}
          fields={fields}
          keys={keys}
          pattern={pattern}
          hover={hover}
          onOpen={(id) => navigate(runPath({ ...sweep, id }))}
        />
      )}
    </>
  );
}
