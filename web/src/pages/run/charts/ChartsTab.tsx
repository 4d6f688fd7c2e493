import { useCallback, useMemo } from "react";
import MetricCharts from "../../../charts/curvepanel/MetricCharts";
import { CodeBlock } from "../../../components/CodeBlock";
import { EmptyState } from "../../../components/EmptyState";
import type { TabProps } from "../RunPage";
import { chartKeys, defaultX } from "./against";

/** One chart for each number that the run logs. */
export default function ChartsTab({ path, run, details }: TabProps) {
  const definitions = details.metrics;
  const keys = useMemo(() => chartKeys(run.summary, definitions), [run.summary, definitions]);
  const runs = useMemo(() => [{ run, emphasis: "normal" as const }], [run]);
  const xOf = useCallback((key: string) => defaultX(key, definitions), [definitions]);
  if (keys.length === 0) {
    return (
      <EmptyState title="No numbers yet">
        <p>Each number that the program logs becomes a chart here:</p>
        <CodeBlock label="Example" text={'run.log({"loss": loss, "val/accuracy": accuracy})'} />
      </EmptyState>
    );
  }
  return <MetricCharts path={path} runs={runs} keys={keys} xOf={xOf} />;
}
