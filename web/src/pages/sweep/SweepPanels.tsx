import { memo, Suspense, useCallback, useMemo, useRef } from "react";
import type { Sweep } from "../../api/types";
import { useExpressions } from "../../charts/curvepanel/MetricCharts";
import { lazy } from "../../lib/lazy";
import { logParams } from "../../lib/logParams";
import { PanelGrid } from "../../panels/PanelGrid";
import { isSection, type Panel } from "../../panels/panels";
import { usePanelSearch } from "../../panels/usePanelSearch";
import { usePanels } from "../../panels/usePanels";
import { CalmView } from "../../view/CalmView";
import { readKept } from "../../view/kept";
import { loggedKeys } from "../../view/loggedKeys";
import { type RunView, useRunView } from "../../view/RunView";
import { useTableGroup } from "../../view/tableGroup";
import { AllMetrics } from "./AllMetrics";
import { panelsShown, preparePanel } from "./panelSettings";
import { panelTitle } from "./panelTitle";
import { SweepPanel } from "./SweepPanel";

const KeyPanelDialog = lazy(() => import("./KeyPanelDialog"));

/** Milliseconds between two looks of a chart at runs that only go on; the ends of curves do not wait for it. */
const CALM = 5_000;

interface Props {
  sweep: Sweep;
  loading: boolean;
}

/** The charts of a sweep, as people arrange them for all sweeps of the project, and those of all metrics. */
export default function SweepPanels({ sweep, loading }: Props) {
  const view = useRunView();
  const { fields, metric, place } = view;
  const { id, config, best } = sweep;
  // Its counts change all the time, and no panel shows them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what panels show of a sweep
  const calm = useMemo(() => sweep, [id, config, metric, best?.id]);
  const group = useTableGroup();
  const latest = useRef({ view, group });
  latest.current = { view, group };
  // Asked for what is there when somebody searches: a panel that is set up otherwise does not go away under the hand.
  const titleOf = useCallback(
    (panel: Panel) => panelTitle(panel, readKept(place, panel.id), latest.current.view, latest.current.group),
    [place],
  );
  return <Grid {...{ sweep: calm, loading, fields, metric, titleOf }} />;
}

interface GridProps extends Props, Pick<RunView, "fields" | "metric"> {
  titleOf: (panel: Panel) => string;
}

/** It stays as it is while runs only go on; each panel follows them by itself. */
const Grid = memo(function Grid({ sweep, loading, fields, metric, titleOf }: GridProps) {
  const logs = useMemo(() => logParams(sweep.config), [sweep.config]);
  const place = `${sweep.entity}/${sweep.project}`;
  const arrangement = usePanels(place);
  const shown = useMemo(() => panelsShown(arrangement.entries, fields), [arrangement.entries, fields]);
  const prepare = useCallback(
    (id: string, from: Panel | null, key?: string) => preparePanel(place, id, from, metric?.name, key),
    [place, metric?.name],
  );
  const search = usePanelSearch();
  const { pattern } = search;
  // Fields come and go with the runs, and titles with them.
  const found = useMemo(() => {
    const isFound = (panel: Panel) => pattern?.test(titleOf(panel));
    const panels = shown.filter((one) => !isSection(one)).filter(isFound);
    return pattern && new Set(panels.map(({ id }) => id));
  }, [pattern, shown, titleOf]);
  const keys = useMemo(() => loggedKeys(fields), [fields]);
  const [expressions] = useExpressions(sweep);
  const metrics = keys.length === 0 ? keys : [...expressions, ...keys];
  const metricsFound = pattern === null ? metrics : metrics.filter((name) => pattern.test(name));
  return (
    <>
      <PanelGrid
        {...{ arrangement, search, found, prepare }}
        entries={shown}
        foundElsewhere={metricsFound.length > 0}
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
      {metricsFound.length > 0 && (
        <AllMetrics {...{ sweep, keys, pattern }} total={metrics.length} found={metricsFound.length} />
      )}
    </>
  );
});
