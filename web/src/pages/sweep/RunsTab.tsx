import { useMemo } from "react";
import type { RunsSnapshot } from "../../api/runCollection";
import type { Sweep } from "../../api/types";
import { CopyCommand } from "../../components/CopyCommand";
import { EmptyState } from "../../components/EmptyState";
import { RunsTable } from "../../components/RunsTable/RunsTable";
import { searchedParams } from "../../lib/params";
import { searchSpace } from "../../lib/searchSpace";
import { agentCommand } from "./agentCommand";
import { SweepCharts } from "./SweepCharts";

interface Props {
  sweep: Sweep;
  snapshot: RunsSnapshot;
  retry: () => void;
}

/** The heart of the page: the metric in time, its curves, and every run. */
export function RunsTab({ sweep, snapshot, retry }: Props) {
  const params = useMemo(() => {
    const formulas = new Map(
      searchSpace(sweep.config).map(({ name, kind, values }) => [name, kind === "derived" ? values : null]),
    );
    return searchedParams(sweep, snapshot.runs).map((name) => {
      const formula = formulas.get(name);
      return formula ? { name, note: `computed, ${formula}` } : { name };
    });
  }, [sweep, snapshot.runs]);
  const nothingYet = snapshot.complete && snapshot.runs.length === 0;
  return (
    <>
      {sweep.metric !== null && !nothingYet && (
        <SweepCharts sweep={sweep} metric={sweep.metric} runs={snapshot.runs} loading={!snapshot.complete} />
      )}
      <RunsTable
        snapshot={snapshot}
        retry={retry}
        params={params}
        metric={sweep.metric}
        explained={isExplained(sweep)}
        bestId={sweep.best?.id}
        empty={
          <EmptyState title="No runs yet">
            <p>Runs are made by agents. Start one where your program is, on as many machines as you like:</p>
            <CopyCommand command={agentCommand(sweep)} />
            <p>The first run appears here by itself.</p>
          </EmptyState>
        }
      />
    </>
  );
}

/** A grid is walked and random points are drawn: one word says it of all runs, unless some were chosen otherwise. */
const isExplained = ({ method, config }: Sweep): boolean =>
  (method !== "grid" && method !== "random") ||
  config.repeat !== undefined ||
  config.start_with !== undefined;
