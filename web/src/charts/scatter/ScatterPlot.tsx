import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useRef, useState } from "react";
import type { Run } from "../../api/types";
import { useWidth } from "../../lib/useWidth";
import type { Field } from "../../view/fields";
import { useRunView, useUnderHand } from "../../view/RunView";
import { CanvasLayer, type Draw } from "../CanvasLayer";
import { type Gradient, readGradient } from "../gradient";
import { haveRoom, PlotFrame, tickRoom } from "../PlotFrame";
import { drawAll, drawLabels, drawRings, drawRunning, type Look, type Paint } from "./draw";
import { HoveredPoint } from "./HoveredPoint";
import { type Frame, nearestPoint, pointsOf, type RunningLine, records, type Side } from "./points";
import styles from "./Scatter.module.css";

const REACH = 24;
const TOP = 10;
const RIGHT = 14;
const FOOT = 28;
const X_TICK = { time: 72, number: 60, duration: 72, category: 64 };
const Y_TICK = 32;

interface Props {
  x: Side;
  y: Side;
  marks: Uint8Array;
  paint: Paint;
  gradient: Gradient;
  lines: readonly RunningLine[];
  /** Runs with a ring. */
  rings: readonly number[];
  look: Look;
  labels?: boolean;
  /** Said of a run under the cursor, below its name. */
  tips: readonly Field[];
  height: number;
  label: string;
  xTitle?: string;
  /** Drawn beneath the points. */
  ground?: (ctx: CanvasRenderingContext2D, frame: Frame, palette: readonly string[]) => void;
  onOpen: (run: Run) => void;
}

/** The view's matched runs as points between two axes; a rectangle dragged over them is brushed on both. */
export function ScatterPlot({
  x,
  y,
  marks,
  paint,
  gradient,
  lines,
  rings,
  look,
  labels = false,
  tips,
  height,
  label,
  xTitle,
  ground,
  onOpen,
}: Props) {
  const { matched, setBrush, hover } = useRunView();
  const { brush } = useUnderHand();
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const [pointer, setPointer] = useState(false);

  const yTicks = useMemo(() => y.scale.ticks(Math.floor(height / Y_TICK)), [y, height]);
  const frame = useMemo<Frame>(() => {
    const left = tickRoom(yTicks);
    const foot = FOOT + (xTitle === undefined ? 0 : 16);
    return { left, top: TOP, width: Math.max(1, width - left - RIGHT), height: height - TOP - foot };
  }, [yTicks, width, height, xTitle]);
  const xTicks = useMemo(() => {
    // Short words may all be said where there is room for few that are long.
    const each = x.scale.categories === null ? [] : x.scale.ticks(x.scale.categories.length);
    if (each.length > 0 && haveRoom(each, frame.width)) return each;
    return x.scale.ticks(Math.max(2, Math.floor(frame.width / X_TICK[x.field.kind])));
  }, [x, frame.width]);
  const points = useMemo(() => pointsOf(matched, x, y), [matched, x, y]);
  const draw = useCallback<Draw>(
    (ctx, colors) => {
      const palette = readGradient(colors, gradient);
      ground?.(ctx, frame, palette);
      drawAll(ctx, points, frame, marks, paint, colors, palette, look);
      for (const line of lines) {
        drawRunning(ctx, points, frame, line, y.scale, colors);
        if (line.kind === "best")
          drawRings(ctx, points, frame, records(line), colors.best, colors.surface, 3.5);
      }
      drawRings(ctx, points, frame, rings, colors.best, colors.surface, 3.5);
      if (labels) drawLabels(ctx, points, frame, marks, (run) => matched[run]?.name ?? "", colors.text);
    },
    [points, frame, marks, paint, gradient, lines, rings, look, labels, matched, y, ground],
  );

  const drag = useRef<{ x: number; y: number; moved: boolean; touched: string | null } | null>(null);
  const spot = (event: PointerEvent<HTMLDivElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const point = (event: PointerEvent<HTMLDivElement>): Run | undefined => {
    const run = matched[nearestPoint(points, marks, frame, ...spot(event), REACH)];
    hover.set(run?.id ?? null);
    setPointer(run !== undefined);
    return run;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const [left, top] = spot(event);
    drag.current = { x: left, y: top, moved: false, touched: hover.get() };
    // Fingers scroll; they choose ranges in menus and along parallel axes.
    if (event.pointerType !== "touch") event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const start = drag.current;
    if (start === null || event.pointerType === "touch") return void point(event);
    const [left, top] = spot(event);
    if (!start.moved && Math.hypot(left - start.x, top - start.y) < 4) return;
    start.moved = true;
    setPointer(false);
    const across = [start.x, left].map((one) => share((one - frame.left) / frame.width));
    const up = [start.y, top].map((one) => share(1 - (one - frame.top) / frame.height));
    setBrush(x.field.id, x.scale.between(Math.min(...across), Math.max(...across)));
    setBrush(y.field.id, y.scale.between(Math.min(...up), Math.max(...up)));
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const start = drag.current;
    drag.current = null;
    if (start === null || start.moved) return;
    const run = point(event);
    // A finger has no hovering: its first touch shows the run, the second opens it.
    if (run !== undefined && (event.pointerType !== "touch" || start.touched === run.id)) onOpen(run);
  };
  const clear = () => {
    for (const { field } of [x, y]) if (brush.has(field.id)) setBrush(field.id, null);
  };

  const span = (side: Side) => {
    const range = brush.get(side.field.id);
    return range === undefined ? null : side.scale.span(range);
  };
  const [across, up] = [span(x), span(y)];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: menus and the list of runs are the keyboard's ways to the same
    <div
      ref={place}
      className={styles.plot}
      style={{ height }}
      tabIndex={-1}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onPointerLeave={() => {
        hover.set(null);
        setPointer(false);
      }}
      onDoubleClick={clear}
      onKeyDown={(event: KeyboardEvent) => event.key === "Escape" && clear()}
    >
      <PlotFrame frame={frame} xTicks={xTicks} yTicks={yTicks} xTitle={xTitle} />
      <div role="img" aria-label={label} className={styles.picture}>
        {width > 0 && (
          <>
            <CanvasLayer width={width} height={height} draw={draw} />
            <HoveredPoint
              {...{ hover, points, frame, width, height }}
              runs={matched}
              tips={pointer ? tips : null}
            />
          </>
        )}
      </div>
      {(across !== null || up !== null) && (
        <span
          className={styles.brush}
          style={{
            left: frame.left + frame.width * (across?.[0] ?? 0),
            width: frame.width * ((across?.[1] ?? 1) - (across?.[0] ?? 0)),
            top: frame.top + frame.height * (1 - (up?.[1] ?? 1)),
            height: frame.height * ((up?.[1] ?? 1) - (up?.[0] ?? 0)),
          }}
        />
      )}
    </div>
  );
}

const share = (value: number): number => Math.min(1, Math.max(0, value));
