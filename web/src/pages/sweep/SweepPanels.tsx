import { useCallback, useMemo } from "react";
import type { Sweep } from "../../api/types";
import { logParams } from "../../lib/logParams";
import { PanelGrid } from "../../panels/PanelGrid";
import type { Panel } from "../../panels/panels";
import { usePanels } from "../../panels/usePanels";
import { CalmView } from "../../view/CalmView";
import { useRunView } from "../../view/RunView";
import { panelsShown, preparePanel } from "./panelSettings";
import { SweepPanel } from "./SweepPanel";

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
  return (
    <PanelGrid arrangement={arrangement} panels={shown} prepare={prepare}>
      {(panel, height) => (
        <CalmView>
          <SweepPanel {...{ sweep, logs, loading, panel, height }} />
        </CalmView>
      )}
    </PanelGrid>
  );
}
