import { memo, Suspense } from "react";
import type { Sweep } from "../../api/types";
import { BarPanel } from "../../charts/bars/BarPanel";
import { BoxPanel } from "../../charts/boxes/BoxPanel";
import { ContourPanel } from "../../charts/contour/ContourPanel";
import { ParallelPanel } from "../../charts/parallel/ParallelPanel";
import { ScatterPanel } from "../../charts/scatter/ScatterPanel";
import { SlicePanel } from "../../charts/slices/SlicePanel";
import { Card } from "../../components/Card";
import { Skeleton } from "../../components/Skeleton";
import { lazy } from "../../lib/lazy";
import { isByItself, KINDS, type Panel } from "../../panels/panels";
import { ChosenCurves } from "./ChosenCurves";
import { RunComparer } from "./RunComparer";
import { SweepCurves } from "./SweepCurves";
import { SweepImportance } from "./SweepImportance";
import { TextPanel } from "./TextPanel";

const LoggedChartPanel = lazy(() => import("../loggedcharts/LoggedChartPanel"));
const RunsMediaPanel = lazy(() => import("../runsmedia/RunsMediaPanel"));

interface Props {
  sweep: Sweep;
  /** Names of parameters that belong on a logarithmic axis. */
  logs: ReadonlySet<string>;
  /** The runs are still on their way. */
  loading: boolean;
  panel: Panel;
  /** Of what the card shows. */
  height: number;
}

/** A panel of a sweep, by its kind. It takes the runs from the view, so nothing else of the page makes it draw anew. */
export const SweepPanel = memo(function SweepPanel({ sweep, logs, loading, panel, height }: Props) {
  const place = `${sweep.entity}/${sweep.project}`;
  const shared = { place, name: panel.id, height, loading };
  switch (panel.kind) {
    case "scatter":
      return <ScatterPanel {...shared} logs={logs} />;
    case "parallel":
      return <ParallelPanel {...shared} logs={logs} />;
    case "curves":
      return isByItself(panel) && sweep.metric !== null ? (
        <SweepCurves {...{ sweep, height, loading }} text={sweep.metric.name} />
      ) : (
        <ChosenCurves {...shared} sweep={sweep} />
      );
    case "importance":
      return <SweepImportance sweep={sweep} height={height} />;
    case "slices":
      return <SlicePanel {...shared} logs={logs} />;
    case "contour":
      return <ContourPanel {...shared} logs={logs} />;
    case "bars":
      return <BarPanel {...shared} />;
    case "boxes":
      return <BoxPanel {...shared} logs={logs} />;
    case "runs":
      return <RunComparer sweep={sweep} height={height} />;
    case "logged":
      return (
        <Suspense fallback={<Coming {...{ panel, height }} />}>
          <LoggedChartPanel {...shared} sweep={sweep} />
        </Suspense>
      );
    case "media":
      return (
        <Suspense fallback={<Coming {...{ panel, height }} />}>
          <RunsMediaPanel {...shared} sweep={sweep} />
        </Suspense>
      );
    case "text":
      return <TextPanel place={place} name={panel.id} />;
  }
});

/** Stands for a panel whose script is on its way; its head takes the focus, and what is done with any panel. */
const Coming = ({ panel, height }: Pick<Props, "panel" | "height">) => (
  <Card title={KINDS[panel.kind].name}>
    <Skeleton height={height} />
  </Card>
);
