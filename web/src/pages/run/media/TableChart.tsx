import { type PointerEvent, useCallback, useMemo, useRef, useState } from "react";
import { CanvasLayer, type Draw } from "../../../charts/CanvasLayer";
import { type FrameSize, PlotFrame, tickRoom } from "../../../charts/PlotFrame";
import { plural } from "../../../lib/format";
import { useWidth } from "../../../lib/useWidth";
import { HistogramView } from "./HistogramView";
import { MatrixChart } from "./MatrixChart";
import styles from "./TableChart.module.css";
import { binned, type Chart, MOST_ROWS, type Picture, type Point, pictureOf } from "./tableChart";
import type { TableFile } from "./tableFile";

const HEIGHT = 280;
const FOOT = 44;
const TOP = 8;
/** Room that a tick needs along the x axis, in pixels. */
const TICK = 80;
/** How far from a point one may be to mean it, in pixels. */
const REACH = 24;

const colorOf = (i: number): string => `var(--series-${i + 1})`;

const UNTITLED: ReadonlyMap<string, string> = new Map();

interface Props {
  table: TableFile;
  chart: Chart;
  /** What an axis is called in place of its column. */
  titles?: ReadonlyMap<string, string>;
}

/** The rows of a logged table as a chart. */
export function TableChart({ table, chart, titles = UNTITLED }: Props) {
  const histogram = useMemo(
    () => (chart.kind === "histogram" ? binned(table, chart.x) : null),
    [table, chart.kind, chart.x],
  );
  if (chart.kind === "matrix") return <MatrixChart table={table} chart={chart} />;
  if (chart.kind !== "histogram") return <Drawn table={table} chart={chart} titles={titles} />;
  return histogram === null ? (
    <p className={styles.soft}>There are no rows yet.</p>
  ) : (
    <HistogramView histogram={histogram} />
  );
}

function Drawn({ table, chart, titles }: Required<Props>) {
  const [xTitle, yTitle] = [titles.get(chart.x) ?? chart.x, titles.get(chart.y) ?? chart.y];
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const [near, setNear] = useState<Point | null>(null);
  const picture = useMemo(() => pictureOf(table, chart), [table, chart]);
  const yTicks = picture.y.ticks(5);
  const left = tickRoom(yTicks);
  const frame = { left, top: TOP, width: Math.max(0, width - left - 12), height: HEIGHT - TOP - FOOT };
  const draw = useDrawing(picture, chart, frame);
  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    setNear(nearest(picture, frame, event.clientX - box.left, event.clientY - box.top));
  };
  const { series } = picture;
  const count = series.reduce((sum, { points }) => sum + points.length, 0);
  return (
    <div>
      <div ref={place} className={styles.plot} style={{ height: HEIGHT }}>
        <div
          role="img"
          aria-label={`${yTitle} by ${xTitle}, ${plural(count, chart.kind === "bars" ? "bar" : "point")}. The same numbers are in the table.`}
          className={styles.picture}
          onPointerMove={point}
          onPointerLeave={() => setNear(null)}
        >
          <PlotFrame
            frame={frame}
            xTicks={picture.x.ticks(Math.max(2, Math.floor(frame.width / TICK)))}
            yTicks={yTicks}
            xTitle={xTitle}
          />
          {width > 0 && <CanvasLayer width={width} height={HEIGHT} draw={draw} />}
        </div>
      </div>
      <p className={styles.soft}>
        {near?.words ?? `${chart.kind === "bars" ? "Mean " : ""}${yTitle}`}
        {table.data.length > MOST_ROWS && `, of the first ${MOST_ROWS.toLocaleString("en-US")} rows`}
      </p>
      {chart.color !== "" && (
        <ul className={styles.legend} aria-label={chart.color}>
          {series.map(({ name }, i) => (
            <li key={name}>
              <span className={styles.swatch} style={{ background: colorOf(i) }} />
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function useDrawing(picture: Picture, { kind }: Chart, { left, top, width, height }: FrameSize): Draw {
  return useCallback(
    (ctx, colors) => {
      const foot = top + height;
      const zero = foot - (picture.y.place(0) ?? 0) * height;
      const count = picture.series.length;
      picture.series.forEach(({ points }, i) => {
        ctx.fillStyle = colors.of(colorOf(i));
        ctx.strokeStyle = ctx.fillStyle;
        if (kind === "line") {
          ctx.lineWidth = 1.7;
          ctx.lineJoin = "round";
          ctx.beginPath();
          for (const { x, y } of points) ctx.lineTo(left + x * width, foot - y * height);
          ctx.stroke();
        }
        ctx.globalAlpha = kind === "scatter" && points.length > 500 ? 0.5 : 1;
        for (const { x, y } of points) {
          if (kind === "bars") {
            const wide = (picture.bar * width) / count;
            const from = left + x * width - (picture.bar * width) / 2 + i * wide;
            ctx.fillRect(
              from,
              Math.min(zero, foot - y * height),
              Math.max(1, wide - 1),
              Math.abs(zero - (foot - y * height)),
            );
          } else if (kind === "scatter" || points.length === 1) {
            ctx.beginPath();
            ctx.arc(left + x * width, foot - y * height, 2.5, 0, 2 * Math.PI);
            ctx.fill();
          }
        }
        ctx.globalAlpha = 1;
      });
    },
    [picture, kind, left, top, width, height],
  );
}

function nearest(
  { series }: Picture,
  { left, top, width, height }: FrameSize,
  x: number,
  y: number,
): Point | null {
  let best: Point | null = null;
  let least = REACH ** 2;
  for (const { points } of series)
    for (const point of points) {
      const distance = (left + point.x * width - x) ** 2 + (top + (1 - point.y) * height - y) ** 2;
      if (distance < least) [best, least] = [point, distance];
    }
  return best;
}
