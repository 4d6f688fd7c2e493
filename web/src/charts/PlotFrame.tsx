import styles from "./PlotFrame.module.css";
import type { Tick } from "./scale";

export interface FrameSize {
  left: number;
  top: number;
  width: number;
  height: number;
}

const CHARACTER = 6.2;
const MOST_CHARACTERS = 14;

const shortTick = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;

/** Of a title; a share of what is left of a long one is its end, for nested names differ there. */
const TITLE_CHARACTER = 6.8;
const END = 0.6;

/** A title that finds room in so many pixels. */
export function shortTitle(text: string, width: number): string {
  const most = Math.max(4, Math.floor(width / TITLE_CHARACTER));
  if (text.length <= most) return text;
  const end = Math.ceil((most - 1) * END);
  return `${text.slice(0, most - 1 - end)}…${text.slice(-end)}`;
}

/** Room that words beside an axis need, in pixels. */
export const tickRoom = (ticks: readonly Tick[]): number =>
  Math.max(2, ...ticks.map(({ text }) => shortTick(text).length)) * CHARACTER + 12;

/** Least distance between words below an axis. */
const APART = 6;

/** Whether the words of all ticks find room below an axis of that width, in pixels. */
export function haveRoom(ticks: readonly Tick[], width: number): boolean {
  const half = ({ text }: Tick) => (shortTick(text).length * CHARACTER) / 2;
  return ticks.every((tick, i) => {
    const before = ticks[i - 1];
    return before === undefined || (tick.at - before.at) * width >= half(before) + APART + half(tick);
  });
}

interface Props {
  frame: FrameSize;
  xTicks: readonly Tick[];
  yTicks: readonly Tick[];
  /** Below the x axis. */
  xTitle?: string;
}

/** Grid lines and words of two axes; what lies between them is drawn by others. */
export function PlotFrame({ frame: { left, top, width, height }, xTicks, yTicks, xTitle }: Props) {
  const foot = top + height;
  return (
    <svg className={styles.frame} aria-hidden="true">
      {yTicks.map(({ at, text }) => (
        <g key={at} transform={`translate(${left} ${foot - at * height})`}>
          <line x2={width} />
          <text x={-6} dy="0.35em" textAnchor="end">
            {shortTick(text)}
          </text>
        </g>
      ))}
      {xTicks.map(({ at, text }) => (
        <g key={at} transform={`translate(${left + at * width} ${foot})`}>
          <line y1={2} y2={6} />
          <text y={18} textAnchor="middle">
            {shortTick(text)}
          </text>
        </g>
      ))}
      {xTitle !== undefined && (
        <text className={styles.title} x={left + width / 2} y={foot + 34} textAnchor="middle">
          {shortTitle(xTitle, left + width)}
        </text>
      )}
    </svg>
  );
}
