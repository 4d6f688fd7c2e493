import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate } from "../../../api/LiveProvider";
import { runSystemQuery } from "../../../api/queries";
import CurvesChart from "../../../charts/CurvesChart";
import { againstOf } from "../../../charts/curveLines";
import type { Look } from "../../../charts/look";
import { ZoomReset } from "../../../charts/zoom";
import { Card } from "../../../components/Card";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorNote } from "../../../components/ErrorNote";
import { Key } from "../../../components/Key";
import { Skeleton } from "../../../components/Skeleton";
import { formatNumber } from "../../../lib/format";
import type { TabProps } from "../RunPage";
import styles from "../RunPage.module.css";
import { type SystemChart, systemCharts } from "./groups";

const POINTS = 500;
const HEIGHT = 160;
const TIME = againstOf("wall");
const LOOK: Look = { fromZero: true };
const nameOf = (device: string) => device;

/** The load of the machine while the run went on. */
export default function SystemTab({ path, run, changed }: TabProps) {
  const query = runSystemQuery(path, run.id, POINTS);
  const system = useQuery({ ...query, placeholderData: keepPreviousData });
  useInvalidate(query.queryKey, changed, 4_000);
  const charts = useMemo(() => systemCharts(system.data?.curves ?? []), [system.data]);
  if (system.error !== null) return <ErrorNote error={system.error} retry={system.refetch} />;
  if (system.data === undefined) return <Skeleton height={360} />;
  if (charts.length === 0) {
    return (
      <EmptyState title="No system metrics yet">
        <p>
          Processor, memory, disk, network and GPU are sampled by themselves, every 15 seconds from two
          seconds after the start. A shorter run has none, and neither has one with x_disable_stats=True in
          its settings.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className={styles.columns}>
      {charts.map((chart) => (
        <Card
          key={chart.id}
          title={chart.title}
          aside={
            <>
              <ZoomReset against={TIME} />
              {newest(chart)}
            </>
          }
        >
          <CurvesChart
            name={chart.title}
            lines={chart.lines}
            height={HEIGHT}
            against={TIME}
            look={LOOK}
            nameOf={chart.lines.length > 1 ? nameOf : undefined}
          />
        </Card>
      ))}
    </div>
  );
}

/** The last value, of each device where there are several. */
const newest = ({ lines }: SystemChart) =>
  lines.map(({ runId, color, values }) => {
    const value = formatNumber(values.at(-1) ?? Number.NaN, 4);
    return lines.length === 1 ? (
      value
    ) : (
      <Key key={runId} kind="line" color={color}>
        {`${runId}: ${value}`}
      </Key>
    );
  });
