import { useMemo } from "react";
import type { Sweep } from "../../api/types";
import { ContourPanel } from "../../charts/contour/ContourPanel";
import { ParallelPanel } from "../../charts/parallel/ParallelPanel";
import { ScatterPanel } from "../../charts/scatter/ScatterPanel";
import { SlicePanel } from "../../charts/slices/SlicePanel";
import { logParams } from "../../lib/logParams";
import { CHART_HEIGHT } from "./SweepCharts";
import styles from "./SweepCharts.module.css";
import { SweepCurves } from "./SweepCurves";
import { SweepImportance } from "./SweepImportance";

/** From how well it goes to why: the metric in time and by its parameters, what matters, the curves, each parameter alone and two together. */
export default function SweepPanels({ sweep, loading }: { sweep: Sweep; loading: boolean }) {
  const logs = useMemo(() => logParams(sweep.config), [sweep.config]);
  const shared = { place: `${sweep.entity}/${sweep.project}`, logs, loading };
  return (
    <div className={styles.panels}>
      <div className={styles.narrow}>
        <ScatterPanel {...shared} height={CHART_HEIGHT} />
      </div>
      <div className={styles.wide}>
        <ParallelPanel {...shared} height={CHART_HEIGHT} />
      </div>
      {sweep.metric !== null && (
        <>
          <div className={styles.wide}>
            <SweepCurves sweep={sweep} metric={sweep.metric} height={CHART_HEIGHT} />
          </div>
          <div className={styles.narrow}>
            <SweepImportance sweep={sweep} height={CHART_HEIGHT} />
          </div>
          <div className={styles.wide}>
            <SlicePanel {...shared} />
          </div>
          <div className={styles.narrow}>
            <ContourPanel {...shared} height={CHART_HEIGHT} />
          </div>
        </>
      )}
    </div>
  );
}
