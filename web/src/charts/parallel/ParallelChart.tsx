import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useRef, useState } from "react";
import type { Run } from "../../api/types";
import { ScrollSigns } from "../../components/ScrollSigns";
import { plural } from "../../lib/format";
import { useSettled } from "../../lib/useSettled";
import { useWidth } from "../../lib/useWidth";
import { insideOf, withOpenEyes } from "../../view/marks";
import { useRunView, useUnderHand } from "../../view/RunView";
import { CanvasLayer, type Draw } from "../CanvasLayer";
import { COLORS, type Gradient, readGradient } from "../gradient";
import { shadesOf } from "../shades";
import { AxisTicks } from "./AxisTicks";
import { drawBehind, drawMarked } from "./draw";
import { columnOf, type Geometry, nearestLine } from "./lines";
import { HoveredLine, HoverTip } from "./Overlay";
import styles from "./Parallel.module.css";
import { ParallelAxis } from "./ParallelAxis";
import { placesOf } from "./places";
import type { Axis, AxisSettings } from "./settings";

const TITLES = 32;
const TOP = TITLES + 10;
const FOOT = 14;
const MISSING = 26;
const REACH = 14;
/** More lines than these cannot follow a hand that brushes; all are drawn when it has rested for so many milliseconds. */
const MOST_UNDER_THE_HAND = 1_500;
const REST = 150;

interface Props {
  axes: readonly Axis[];
  gradient: Gradient;
  height: number;
  /** The head of the last axis is the worse end. */
  reversed: boolean;
  change: (field: string, settings: AxisSettings) => void;
  move: (from: number, to: number) => void;
  /** Without it a run is only shown. */
  onOpen?: ((run: Run) => void) | undefined;
}

/** An axis beside the other, and a line for each run through its values. The last axis colours the lines. */
export function ParallelChart({ axes, gradient, height, reversed, change, move, onOpen }: Props) {
  const { matched, fieldById, hidden, setBrush, hover } = useRunView();
  const { brush } = useUnderHand();
  const place = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useWidth(place);
  const [stop, setStop] = useState(0);
  const [pointer, setPointer] = useState<{ left: number; top: number } | null>(null);

  const columns = useMemo(() => axes.map((axis) => columnOf(axis, matched)), [axes, matched]);
  const { xs, rooms, width } = useMemo(
    () =>
      placesOf(
        axes.map(({ title }) => title),
        seen,
      ),
    [axes, seen],
  );
  const someMissing = columns.some(({ missing }) => missing.length > 0);
  const geometry = useMemo<Geometry>(
    () => ({ xs, top: TOP, foot: height - FOOT - (someMissing ? MISSING : 0), gap: height - FOOT }),
    [xs, height, someMissing],
  );
  // By the hand, not by the view: the lines must not lag behind it.
  const marks = useMemo(
    () => withOpenEyes(insideOf(brush, matched, fieldById), matched, hidden),
    [brush, matched, fieldById, hidden],
  );
  const marked = useMemo(() => marks.reduce((sum, mark) => sum + mark, 0), [marks]);
  const shades = useMemo(() => {
    const last = columns.at(-1);
    return last === undefined
      ? new Int8Array(matched.length).fill(-1)
      : shadesOf(last.places, COLORS, reversed !== last.flip);
  }, [columns, matched, reversed]);

  const resting = useSettled(brush, REST) === brush;
  const someBehind = marked < matched.length;
  const drawGrey = useCallback<Draw>(
    (ctx, colors) => {
      if (someBehind) drawBehind(ctx, columns, geometry, matched.length, colors.dim);
    },
    [someBehind, columns, geometry, matched.length],
  );
  const drawColored = useCallback<Draw>(
    (ctx, colors) => {
      const palette = readGradient(colors, gradient);
      const most = resting ? Number.POSITIVE_INFINITY : MOST_UNDER_THE_HAND;
      drawMarked(ctx, columns, geometry, marks, shades, palette, colors.dim, most);
    },
    [columns, geometry, marks, shades, gradient, resting],
  );

  const find = (event: PointerEvent): Run | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return matched[nearestLine(columns, marks, geometry, x, y, REACH)];
  };
  const pressed = useRef<{ x: number; y: number; run: string | null } | null>(null);
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 0) return setPointer(null);
    point(event);
  };
  const point = (event: PointerEvent<HTMLDivElement>): Run | undefined => {
    const run =
      event.clientY - event.currentTarget.getBoundingClientRect().top < TITLES ? undefined : find(event);
    hover.set(run?.id ?? null);
    const box = place.current?.getBoundingClientRect();
    setPointer(
      run === undefined || box === undefined
        ? null
        : { left: event.clientX - box.left, top: event.clientY - box.top },
    );
    return run;
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const before = pressed.current;
    pressed.current = null;
    if (before === null || Math.hypot(event.clientX - before.x, event.clientY - before.y) > 3) return;
    const run = point(event);
    // A finger has no hovering: its first touch shows the run, the second opens it.
    if (run !== undefined && (event.pointerType !== "touch" || before.run === run.id)) onOpen?.(run);
  };
  const onPointerLeave = () => {
    hover.set(null);
    setPointer(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.querySelector("[popover]:popover-open") !== null) return;
    for (const { field } of axes) if (brush.has(field.id)) setBrush(field.id, null);
  };
  const focusTitle = (index: number) => {
    const titles = scroller.current?.querySelectorAll<HTMLElement>(`.${styles.title} > button`);
    titles?.[index]?.focus();
  };
  const onArrow = (index: number) => (key: string, shift: boolean) => {
    if (key === "ArrowUp" || key === "ArrowDown") {
      const handles = scroller.current?.querySelectorAll<HTMLElement>('[role="slider"]');
      handles?.[2 * index + (key === "ArrowUp" ? 0 : 1)]?.focus();
      return;
    }
    const next = Math.min(axes.length - 1, Math.max(0, index + (key === "ArrowLeft" ? -1 : 1)));
    if (shift) move(index, next);
    setStop(next);
    requestAnimationFrame(() => focusTitle(next));
  };
  const onDrop = (index: number) => (left: number) => {
    const distances = geometry.xs.map((x) => Math.abs(x - left));
    move(index, distances.indexOf(Math.min(...distances)));
  };

  const last = axes.length - 1;
  const label = `${axes.map(({ title }) => title).join(", ")} of ${plural(marked, "run")}, a line for each. The same numbers are in the table of runs.`;
  return (
    <div ref={place} className={styles.place} style={{ height }}>
      <div ref={scroller} className={styles.scroller}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: titles and handles are the keyboard's ways to the same */}
        <div
          className={styles.content}
          tabIndex={-1}
          style={{ width, height }}
          onPointerMove={onPointerMove}
          onPointerDown={(event) => {
            pressed.current = { x: event.clientX, y: event.clientY, run: hover.get() };
          }}
          onPointerUp={onPointerUp}
          onPointerLeave={onPointerLeave}
          onKeyDown={onKeyDown}
        >
          <div role="img" aria-label={label} className={styles.picture}>
            {seen > 0 && (
              <>
                <CanvasLayer width={width} height={height} draw={drawGrey} />
                <CanvasLayer width={width} height={height} draw={drawColored} />
                <HoveredLine {...{ hover, columns, geometry, width, height }} runs={matched} />
              </>
            )}
          </div>
          <AxisTicks columns={columns} geometry={geometry} width={width} height={height} />
          {columns.map((column, i) => (
            <ParallelAxis
              key={column.field.id}
              column={column}
              left={xs[i] as number}
              geometry={geometry}
              titleWidth={rooms[i] as number}
              stop={i === Math.min(stop, last)}
              onFocus={() => setStop(i)}
              onArrow={onArrow(i)}
              onDrop={onDrop(i)}
              change={(settings) => change(column.field.id, settings)}
              move={{
                left: i > 0 ? () => move(i, i - 1) : undefined,
                right: i < last ? () => move(i, i + 1) : undefined,
              }}
            />
          ))}
        </div>
      </div>
      {width > seen && seen > 0 && <ScrollSigns scroller={scroller} what="axes" />}
      {pointer !== null && <HoverTip {...{ hover, columns }} runs={matched} {...pointer} width={seen} />}
    </div>
  );
}
