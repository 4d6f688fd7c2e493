import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { Range } from "../../view/conditions";
import type { Column } from "./lines";
import styles from "./Parallel.module.css";

/** Pixels: less is a click, and so near to an edge is on it. */
const STILL = 3;
const EDGE = 6;
const STEP = 0.02;
const LEAP = 0.1;

type Span = [low: number, high: number];

interface Props {
  column: Column;
  left: number;
  top: number;
  height: number;
  range: Range | undefined;
  set: (range: Range | null) => void;
}

interface Drag {
  kind: "new" | "move" | "low" | "high";
  from: number;
  span: Span;
  moved: boolean;
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** The part of an axis that can be dragged over: a new range, or the one that is there, moved or resized. */
export function AxisBrush({ column, left, top, height, range, set }: Props) {
  const area = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const { scale, flip, title } = column;
  const turned = ([low, high]: Span): Span => (flip ? [1 - high, 1 - low] : [low, high]);
  const covered = range === undefined ? null : scale.span(range);
  /** From the foot of the axis as it stands on the screen. */
  const span = covered === null ? null : turned(covered);
  const choose = (chosen: Span) => set(scale.between(...turned(chosen)));

  const heightAt = (event: PointerEvent): number => {
    const box = area.current?.getBoundingClientRect();
    return box === undefined ? 0 : 1 - (event.clientY - box.top) / box.height;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.stopPropagation(); // else it were a click on the line below
    const at = within(heightAt(event));
    const edge = EDGE / height;
    const kind =
      span === null || at < span[0] - edge || at > span[1] + edge
        ? "new"
        : Math.abs(at - span[1]) <= edge
          ? "high"
          : Math.abs(at - span[0]) <= edge
            ? "low"
            : "move";
    drag.current = { kind, from: at, span: span ?? [at, at], moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const now = drag.current;
    if (now === null) return;
    event.stopPropagation();
    const at = within(heightAt(event));
    if (!now.moved && Math.abs(at - now.from) * height < STILL) return;
    now.moved = true;
    const [low, high] = now.span;
    if (now.kind === "new") choose([Math.min(now.from, at), Math.max(now.from, at)]);
    else if (now.kind === "move") {
      const shift = Math.min(1 - high, Math.max(-low, at - now.from));
      choose([low + shift, high + shift]);
    } else {
      const fixed = now.kind === "low" ? high : low;
      choose([Math.min(fixed, at), Math.max(fixed, at)]);
    }
  };
  const onPointerUp = () => {
    const now = drag.current;
    drag.current = null;
    if (now === null || now.moved) return;
    // A click: one category alone, or nothing at all.
    const text = scale.categories === null ? null : scale.text(flip ? 1 - now.from : now.from);
    const alone =
      range !== undefined && "among" in range && range.among.length === 1 && range.among[0] === text;
    if (text !== null) set(alone ? null : { among: [text] });
    else if (now.kind === "new") set(null);
  };

  const onKey = (end: 0 | 1) => (event: KeyboardEvent<HTMLElement>) => {
    const [low, high] = span ?? [0, 1];
    const step = scale.categories === null ? STEP : 1 / Math.max(1, scale.categories.length);
    const change = {
      ArrowUp: step,
      ArrowDown: -step,
      PageUp: Math.max(step, LEAP),
      PageDown: -Math.max(step, LEAP),
      Home: -1,
      End: 1,
    }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") set(null);
    if (change === undefined) return;
    event.preventDefault();
    choose(
      end === 0 ? [Math.min(high, within(low + change)), high] : [low, Math.max(low, within(high + change))],
    );
  };

  const [low, high] = span ?? [0, 1];
  const handle = (end: 0 | 1) => {
    const place = end === 0 ? low : high;
    const word = (end === 0) !== flip ? "from" : "to";
    return (
      <span
        role="slider"
        className={styles.handle}
        data-shown={span !== null}
        data-end={end}
        tabIndex={span === null ? -1 : 0}
        aria-label={`${title} ${word}`}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * place)}
        aria-valuetext={scale.text(flip ? 1 - place : place)}
        style={{ bottom: `${100 * place}%` }}
        onKeyDown={onKey(end)}
      />
    );
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the handles inside are its keyboard face
    <div
      ref={area}
      className={styles.axis}
      style={{ left, top, height }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDoubleClick={() => set(null)}
    >
      {span !== null && (
        <span
          className={styles.brush}
          style={{ bottom: `${100 * low}%`, height: `${Math.max(0.5, 100 * (high - low))}%` }}
        />
      )}
      {handle(1)}
      {handle(0)}
    </div>
  );
}
