import { type PointerEvent, useCallback, useRef, useState } from "react";
import { CanvasLayer, type Draw } from "../../../charts/CanvasLayer";
import { type FrameSize, PlotFrame, tickRoom } from "../../../charts/PlotFrame";
import { plural } from "../../../lib/format";
import { useWidth } from "../../../lib/useWidth";
import styles from "./TableChart.module.css";
import type { ChartKind, Picture, Point } from "./tableChart";

const HEIGHT = 280;
const FOOT = 44;
const TOP = 8;
/** Room that a tick needs along the x axis, in pixels. */
const TICK = 80;
/** How far from a point one may be to mean it, in pixels. */
const REACH = 24;

export interface SeriesStyle {
  /** As CSS takes it. */
  color: string;
  /** Of a line: lengths of strokes and gaps; empty: one stroke. */
  dash: readonly number[];
}

interface Props {
  picture: Picture;
  kind: ChartKind;
  xTitle: string;
  yTitle: string;
  /** Of a series, by its place. Keeps its identity while it says the same. */
  styleOf: (series: number) => SeriesStyle;
  /** Said behind what the y axis is. */
  note?: string;
  height?: number;
}

/** Lines, points or bars between two axes; the pointer reads a point. */
export function PictureChart({ picture, kind, xTitle, yTitle, styleOf, note = "", height = HEIGHT }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const [near, setNear] = useState<Point | null>(null);
  const yTicks = picture.y.ticks(5);
  const left = tickRoom(yTicks);
  const frame = { left, top: TOP, width: Math.max(0, width - left - 12), height: height - TOP - FOOT };
  const draw = useDrawing(picture, kind, styleOf, frame);
  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    setNear(nearest(picture, frame, event.clientX - box.left, event.clientY - box.top));
  };
  const count = picture.series.reduce((sum, { points }) => sum + points.length, 0);
  return (
    <>
      <p className={styles.soft}>
        {near?.words ?? `${kind === "bars" ? "Mean " : ""}${yTitle}`}
        {note}
      </p>
      <div ref={place} className={styles.plot} style={{ height }}>
        <div
          role="img"
          aria-label={`${yTitle} by ${xTitle}, ${plural(count, kind === "bars" ? "bar" : "point")}. The same numbers are in the table.`}
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
          {width > 0 && <CanvasLayer width={width} height={height} draw={draw} />}
        </div>
      </div>
    </>
  );
}

function useDrawing(
  picture: Picture,
  kind: ChartKind,
  styleOf: Props["styleOf"],
  { left, top, width, height }: FrameSize,
): Draw {
  return useCallback(
    (ctx, colors) => {
      const foot = top + height;
      const zero = foot - (picture.y.place(0) ?? 0) * height;
      const count = picture.series.length;
      picture.series.forEach(({ points }, i) => {
        const { color, dash } = styleOf(i);
        ctx.fillStyle = colors.of(color);
        ctx.strokeStyle = ctx.fillStyle;
        if (kind === "line") {
          ctx.lineWidth = 1.7;
          ctx.setLineDash([...dash]);
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
    [picture, kind, styleOf, left, top, width, height],
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
