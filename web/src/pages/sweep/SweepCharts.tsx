import { lazy, Suspense } from "react";
import type { Sweep } from "../../api/types";
import { Skeleton } from "../../components/Skeleton";
import styles from "./SweepCharts.module.css";

/** Charts arrive after the page: what they need is not needed to read the rest. */
const SweepPanels = lazy(() => import("./SweepPanels"));

export const CHART_HEIGHT = 260;
/** Of a card: its head and its edges. */
const CARD = 66;

interface Props {
  sweep: Sweep;
  /** The runs are still on their way. */
  loading: boolean;
}

export const SweepCharts = (props: Props) => (
  <Suspense fallback={<Waiting />}>
    <SweepPanels {...props} />
  </Suspense>
);

/** As tall as the first rows of panels. */
const Waiting = () => (
  <div className={styles.panels}>
    {[styles.narrow, styles.wide, styles.wide, styles.narrow].map((width, i) => (
      <div key={i} className={width}>
        <Skeleton height={CHART_HEIGHT + CARD} />
      </div>
    ))}
  </div>
);
