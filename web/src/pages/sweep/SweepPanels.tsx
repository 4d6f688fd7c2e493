import { lazy, memo, Suspense, useCallback, useMemo } from "react";
import type { Sweep } from "../../api/types";
import { logParams } from "../../lib/logParams";
import { PanelGrid } from "../../panels/PanelGrid";
import type { Panel } from "../../panels/panels";
import { usePanels } from "../../panels/usePanels";
import { CalmView } from "../../view/CalmView";
import { type RunView, useRunView } from "../../view/RunView";
import { panelsShown, preparePanel } from "./panelSettings";
import { SweepPanel } from "./SweepPanel";

const KeyPanelDialog = lazy(() => import("./KeyPanelDialog"));

/** Milliseconds between two looks of a chart at runs that only go on; the ends of curves do not wait for it. */
const CALM = 5_000;

interface Props {
  sweep: Sweep;
  loading: boolean;
}

/** The charts of a sweep, as people arrange them for all sweeps of the project. */
export default function SweepPanels({ sweep, loading }: Props) {
  const { fields, metric } = useRunView();
  const { id, config, best } = sweep;
  // Its counts change all the time, and no panel shows them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what panels show of a sweep
  const calm = useMemo(() => sweep, [id, config, metric, best?.id]);
  return <Grid {...{ sweep: calm, loading, fields, metric }} />;
}

/** It stays as it is while runs only go on; each panel follows them by itself. */
const Grid = memo(function Grid({
  sweep,
  loading,
  fields,
  metric,
}: Props & Pick<RunView, "fields" | "metric">) {
  const logs = useMemo(() => logParams(sweep.config), [sweep.config]);
  const place = `${sweep.entity}/${sweep.project}`;
  const arrangement = usePanels(place);
  const shown = useMemo(() => panelsShown(arrangement.entries, fields), [arrangement.entries, fields]);
  const prepare = useCallback(
    (id: string, from: Panel | null, key?: string) => preparePanel(place, id, from, metric?.name, key),
    [place, metric?.name],
  );
  return (
    <PanelGrid
      arrangement={arrangement}
      entries={shown}
      prepare={prepare}
      byKey={(add, close) => (
        <Suspense>
          <KeyPanelDialog add={add} close={close} />
        </Suspense>
      )}
    >
      {(panel, height) => (
        <CalmView every={CALM}>
          <SweepPanel {...{ sweep, logs, loading, panel, height }} />
        </CalmView>
      )}
    </PanelGrid>
  );
});
