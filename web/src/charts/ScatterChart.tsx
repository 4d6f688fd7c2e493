import { useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { useLocation } from "wouter";
import type { MetricGoal, Run } from "../api/types";
import { runPath } from "../app/routes";
import { bestSoFar } from "../lib/bestSoFar";
import { formatNumber, formatTime, formatValue, plural } from "../lib/format";
import { flatten } from "../lib/params";
import { padded, xAxis, yAxis } from "./axes";
import { Plot, type PlotOptions } from "./Plot";
import { Tooltip, type TooltipContent } from "./Tooltip";

const REACH = 24;
const PARAMS_SHOWN = 8;
const LEAST_SECONDS = 10;

interface Props {
  runs: readonly Run[];
  metric: MetricGoal;
  height: number;
}

/** Each run's best value of the metric at the time the run was created, and the line of the best so far. */
export default function ScatterChart({ runs, metric, height }: Props) {
  const [, navigate] = useLocation();
  const shown = useMemo(
    () => runs.filter((run) => run.best !== null).sort((a, b) => a.created - b.created),
    [runs],
  );
  const data = useMemo<uPlot.AlignedData>(() => {
    const values = shown.map((run) => run.best);
    const best = bestSoFar(values, metric.goal);
    const records = best.map((value, i) => (i === 0 || value !== best[i - 1] ? value : null));
    return [shown.map((run) => run.created), values, best, records];
  }, [shown, metric.goal]);

  const [hover, setHover] = useState<(TooltipContent & { width: number }) | null>(null);
  const live = useRef({ shown, navigate });
  live.current = { shown, navigate };
  const options = useMemo<PlotOptions>(
    () => (colors) => ({
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
      padding: [8, 12, 0, 0],
      scales: {
        x: { time: true, range: timeRange },
        y: { range: (_, min, max) => padded(min, max, 0.06) },
      },
      axes: [xAxis(colors, "time"), yAxis(colors)],
      series: [
        {},
        { paths: () => null, points: { show: true, size: 5, width: 0, fill: translucent(colors.dot) } },
        { stroke: colors.best, width: 1.8, paths: stepped, points: { show: false } },
        {
          paths: () => null,
          points: { show: true, size: 8, width: 1.8, stroke: colors.best, fill: colors.surface },
        },
      ],
      hooks: {
        setCursor: [
          (plot) => {
            const i = nearest(plot);
            const run = i === null ? undefined : live.current.shown[i];
            plot.over.style.cursor = run === undefined ? "" : "pointer";
            setHover(run === undefined ? null : describe(plot, run, metric.name));
          },
        ],
        ready: [
          (plot) =>
            plot.over.addEventListener("click", () => {
              const i = nearest(plot);
              const run = i === null ? undefined : live.current.shown[i];
              if (run !== undefined && plot.select.width === 0) live.current.navigate(runPath(run));
            }),
        ],
      },
    }),
    [metric.name],
  );

  const label = `${metric.name} of ${plural(shown.length, "run")} by the time they were created, with the best so far. The same numbers are in the table of runs.`;
  return (
    <Plot options={options} data={data} height={height} label={label}>
      {hover !== null && <Tooltip {...hover} />}
    </Plot>
  );
}

/** uPlot takes a single point for a whole day; here it stands in the middle of a few seconds. */
const timeRange: uPlot.Range.Function = ({ data: [times] }, min, max) =>
  times.length === 1
    ? padded(times[0] ?? null, times[0] ?? null, 0, LEAST_SECONDS)
    : padded(min, max, 0.02, LEAST_SECONDS);

const translucent = (color: string): string => color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.62)");

/** A best value holds until the next one. */
const stepped: uPlot.Series.PathBuilder = (plot, series, from, to) => {
  const stroke = new Path2D();
  const [xs, ys] = [plot.data[0], plot.data[series]];
  let last: number | null = null;
  for (let i = from; i <= to; i++) {
    const value = ys?.[i];
    if (value === null || value === undefined) continue;
    const x = plot.valToPos(xs[i] as number, "x", true);
    const y = plot.valToPos(value, "y", true);
    if (last === null) stroke.moveTo(x, y);
    else {
      stroke.lineTo(x, last);
      stroke.lineTo(x, y);
    }
    last = y;
  }
  return { stroke };
};

/** Index of the run whose dot is nearest to the cursor, if one is within reach. */
function nearest(plot: uPlot): number | null {
  const { left = -1, top = -1 } = plot.cursor;
  if (left < 0) return null;
  const [xs, ys] = [plot.data[0], plot.data[1]];
  let found: number | null = null;
  let least = REACH ** 2;
  const first = plot.valToIdx(plot.posToVal(left - REACH, "x"));
  const end = plot.posToVal(left + REACH, "x");
  for (let i = Math.max(0, first - 1); i < xs.length && (xs[i] as number) <= end; i++) {
    const value = ys?.[i];
    if (value === null || value === undefined) continue;
    const distance =
      (plot.valToPos(xs[i] as number, "x") - left) ** 2 + (plot.valToPos(value, "y") - top) ** 2;
    if (distance < least) {
      least = distance;
      found = i;
    }
  }
  return found;
}

function describe(plot: uPlot, run: Run, metric: string): TooltipContent & { width: number } {
  const offset = plot.over.offsetLeft;
  const params = [...flatten(run.params ?? {})].slice(0, PARAMS_SHOWN);
  return {
    left: offset + plot.valToPos(run.created, "x"),
    top: plot.over.offsetTop + plot.valToPos(run.best ?? 0, "y"),
    width: plot.width,
    title: run.name,
    lines: [
      [metric, formatNumber(run.best ?? Number.NaN)],
      ...params.map(([name, value]): [string, string] => [name, formatValue(value)]),
      ["Created", formatTime(run.created)],
    ],
  };
}
