import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useInvalidate } from "../../../api/LiveProvider";
import { runCurvesQuery } from "../../../api/queries";
import type { Against } from "../../../charts/CurvesChart";
import CurvesChart from "../../../charts/CurvesChart";
import { type Line, toLine } from "../../../charts/curves";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { CodeBlock } from "../../../components/CodeBlock";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import { formatNumber } from "../../../lib/format";
import type { TabProps } from "../RunPage";
import styles from "../RunPage.module.css";
import { chartKeys, definitionOf, drawnAgainst, lastValue } from "./against";

const POINTS = 500;
const SHOWN_FIRST = 24;
const HEIGHT = 180;

interface Chart {
  lines: Line[];
  against: Against | undefined;
}

/** One chart for each number that the run logs. */
export default function ChartsTab({ path, run, details, changed }: TabProps) {
  const [all, setAll] = useState(false);
  const definitions = details.metrics;
  const keys = useMemo(() => chartKeys(run.summary, definitions), [run.summary, definitions]);
  const shown = all ? keys : keys.slice(0, SHOWN_FIRST);
  const xKeys = new Set(shown.map((key) => definitionOf(key, definitions)?.step_metric ?? null));
  const asked = [...new Set([...shown, ...[...xKeys].filter((key) => key !== null)])];
  const query = runCurvesQuery(path, run.id, asked, POINTS);
  const curves = useQuery({ ...query, enabled: shown.length > 0, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, changed, 2_000);
  const axes = useAxes([...xKeys].filter((key) => key !== null));
  const charts = useMemo(() => {
    const found = new Map((curves.data?.curves ?? []).map((curve) => [curve.key, curve]));
    const drawn = new Map<string, Chart>();
    for (const [key, curve] of found) {
      const x = definitionOf(key, definitions)?.step_metric ?? null;
      const other = x === null || x === key ? undefined : found.get(x);
      if (x === null || other === undefined)
        drawn.set(key, { lines: [toLine(curve, "normal")], against: undefined });
      else drawn.set(key, { lines: [drawnAgainst(curve, other)], against: axes.get(x) });
    }
    return drawn;
  }, [curves.data, definitions, axes]);

  if (curves.error !== null) return <ErrorNote error={curves.error} retry={curves.refetch} />;
  if (keys.length === 0) {
    return (
      <EmptyState title="No numbers yet">
        <p>Each number that the program logs becomes a chart here:</p>
        <CodeBlock label="Example" text={'run.log({"loss": loss, "val/accuracy": accuracy})'} />
      </EmptyState>
    );
  }
  return (
    <>
      <div className={styles.columns}>
        {shown
          .filter((key) => curves.isPending || charts.has(key))
          .map((key) => {
            const chart = charts.get(key);
            const value = lastValue(run.summary[key]);
            return (
              <Card key={key} title={key} aside={<Aside value={value} against={chart?.against} />}>
                {chart === undefined ? (
                  <Skeleton height={HEIGHT} />
                ) : (
                  <CurvesChart name={key} lines={chart.lines} against={chart.against} height={HEIGHT} />
                )}
              </Card>
            );
          })}
      </div>
      {shown.length < keys.length && (
        <div>
          <Button onClick={() => setAll(true)}>Show all {keys.length} charts</Button>
        </div>
      )}
    </>
  );
}

const Aside = ({ value, against }: { value: number | null; against: Against | undefined }) => (
  <>
    {against !== undefined && <span>by {against.name}</span>}
    {value !== null && <span>{formatNumber(value)}</span>}
  </>
);

/** X axes by the metric that they show; they keep their identity while the names stay the same. */
function useAxes(names: string[]): Map<string, Against> {
  const key = JSON.stringify(names);
  return useMemo(
    () => new Map((JSON.parse(key) as string[]).map((name) => [name, { name, kind: "number" }])),
    [key],
  );
}
