import { useCallback, useMemo } from "react";
import type { Sweep } from "../../api/types";
import { BarPanel } from "../../charts/bars/BarPanel";
import { BoxPanel } from "../../charts/boxes/BoxPanel";
import { ContourPanel } from "../../charts/contour/ContourPanel";
import { ParallelPanel } from "../../charts/parallel/ParallelPanel";
import { ScatterPanel } from "../../charts/scatter/ScatterPanel";
import { SlicePanel } from "../../charts/slices/SlicePanel";
import { logParams } from "../../lib/logParams";
import { PanelGrid } from "../../panels/PanelGrid";
import { isByItself, type Panel } from "../../panels/panels";
import { usePanels } from "../../panels/usePanels";
import { useRunView } from "../../view/RunView";
import { ChosenCurves } from "./ChosenCurves";
import { panelsShown, preparePanel } from "./panelSettings";
import { RunComparer } from "./RunComparer";
import { SweepCurves } from "./SweepCurves";
import { SweepImportance } from "./SweepImportance";
import { TextPanel } from "./TextPanel";

/** The charts of a sweep, as people arrange them for all sweeps of the project. */
export default function SweepPanels({ sweep, loading }: { sweep: Sweep; loading: boolean }) {
  const { fields, metric } = useRunView();
  const logs = useMemo(() => logParams(sweep.config), [sweep.config]);
  const place = `${sweep.entity}/${sweep.project}`;
  const arrangement = usePanels(place);
  const shown = useMemo(() => panelsShown(arrangement.panels, fields), [arrangement.panels, fields]);
  const prepare = useCallback(
    (id: string, from: Panel | null) => preparePanel(place, id, from, metric?.name),
    [place, metric?.name],
  );
  const draw = (panel: Panel, height: number) => {
    const shared = { place, name: panel.id, height, loading };
    switch (panel.kind) {
      case "scatter":
        return <ScatterPanel {...shared} logs={logs} />;
      case "parallel":
        return <ParallelPanel {...shared} logs={logs} />;
      case "curves":
        return isByItself(panel) && metric !== null ? (
          <SweepCurves sweep={sweep} text={metric.name} height={height} />
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
      case "text":
        return <TextPanel place={place} name={panel.id} />;
    }
  };
  return (
    <PanelGrid arrangement={arrangement} panels={shown} prepare={prepare}>
      {draw}
    </PanelGrid>
  );
}
