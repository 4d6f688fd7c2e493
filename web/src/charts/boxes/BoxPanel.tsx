import { useMemo, useRef, useState } from "react";
import { formatNumber, plural } from "../../lib/format";
import { isLogByItself } from "../../lib/logParams";
import { useWidth } from "../../lib/useWidth";
import { type Field, isMeasured } from "../../view/fields";
import { useHover } from "../../view/hover";
import { useRunView } from "../../view/RunView";
import { numberText } from "../../view/ranges";
import { MeasureCard } from "../MeasureCard";
import { useMeasureBy } from "../measureBy";
import { type FrameSize, PlotFrame, tickRoom } from "../PlotFrame";
import { type Scale, scaleOf } from "../scale";
import { Tooltip } from "../Tooltip";
import { boxesTitle } from "../titles";
import styles from "./BoxPanel.module.css";
import { type Box, type BoxOfRuns, boxesOf, usualBy } from "./boxes";

const TOP = 10;
const RIGHT = 14;
const FOOT = 44;
const Y_TICK = 32;
const WIDEST = 64;
const NONE = { boxes: [], total: 0 };

interface Props {
  /** Where choices are kept, and what they are kept under there. */
  place: string;
  name: string;
  /** Names of parameters that belong on a logarithmic axis. */
  logs: ReadonlySet<string>;
  height: number;
  loading: boolean;
}

/** How a number is spread among the runs for each value of a parameter. */
export function BoxPanel({ place, name, logs, height, loading }: Props) {
  const { fields, drawn } = useRunView();
  const measure = useMeasureBy(place, name);
  const { value } = measure;
  const by = useMemo(() => measure.by ?? usualBy(fields), [measure.by, fields]);
  // The table may group by several fields at once.
  const several = by === undefined || fields.includes(by) ? [] : [by];
  const { boxes, total } = useMemo(
    () => (value === undefined || by === undefined ? NONE : boxesOf(drawn, value, by)),
    [drawn, value, by],
  );
  const title = boxesTitle(measure.missing.length > 0 ? undefined : value, by);
  return (
    <MeasureCard
      {...{ title, measure, height, loading }}
      by={by?.id ?? ""}
      bys={[...fields, ...several].map(({ id, label }) => [id, label] as const)}
      filled={boxes.length > 0}
      aside={
        boxes.length < total && <span>{`the ${boxes.length} largest of ${plural(total, "group")}`}</span>
      }
    >
      {value !== undefined && by !== undefined && (
        <Boxes {...{ boxes, value, by, height, title }} log={isLogByItself(value, logs)} />
      )}
    </MeasureCard>
  );
}

interface BoxesProps {
  boxes: readonly BoxOfRuns[];
  value: Field;
  by: Field;
  log: boolean;
  height: number;
  title: string;
}

function Boxes({ boxes, value, by, log, height, title }: BoxesProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const [hovered, setHovered] = useState<number | null>(null);
  const scale = useMemo(() => {
    const all = boxes.flatMap(({ low, high, outliers }) => [low, high, ...outliers]);
    return scaleOf(value.kind, all, { log, measured: isMeasured(value), air: 0.06 });
  }, [boxes, value, log]);
  const yTicks = scale.ticks(Math.floor(height / Y_TICK));
  const left = tickRoom(yTicks);
  const frame: FrameSize = {
    left,
    top: TOP,
    width: Math.max(1, width - left - RIGHT),
    height: height - TOP - FOOT,
  };
  const middle = (i: number) => (i + 0.5) / boxes.length;
  const every = Math.ceil(boxes.length / Math.max(2, Math.floor(frame.width / 84)));
  const xTicks = boxes
    .map(({ short }, i) => ({ at: middle(i), text: short }))
    .filter((_, i) => i % every === 0);
  const words = (number: number) => numberText(value, number, 4);
  const summary = boxes.map(
    ({ name, count, median }) => `${name}: median ${words(median)} of ${plural(count, "run")}`,
  );
  const shown = hovered === null ? undefined : boxes[hovered];
  return (
    <div ref={place} className={styles.plot} style={{ height }}>
      <PlotFrame frame={frame} xTicks={xTicks} yTicks={yTicks} xTitle={by.label} />
      <svg className={styles.boxes} role="img" aria-label={`${title}. ${summary.join("; ")}.`}>
        {width > 0 &&
          boxes.map((box, i) => (
            <BoxMark
              key={i}
              {...{ box, scale, frame }}
              x={frame.left + middle(i) * frame.width}
              half={Math.min(WIDEST, (frame.width / boxes.length) * 0.6) / 2}
              lit={hovered === i}
              hover={(on) => setHovered(on ? i : null)}
            />
          ))}
        {width > 0 && (
          <HoveredRun {...{ boxes, scale, frame }} xOf={(i) => frame.left + middle(i) * frame.width} />
        )}
      </svg>
      {shown !== undefined && hovered !== null && (
        <Tooltip
          left={frame.left + middle(hovered) * frame.width}
          top={frame.top + frame.height / 2}
          width={width}
          title={shown.name}
          lines={[
            ["Runs", formatNumber(shown.count)],
            ["Largest", words(Math.max(shown.high, ...shown.outliers))],
            ["Upper quartile", words(shown.upper)],
            ["Median", words(shown.median)],
            ["Lower quartile", words(shown.lower)],
            ["Smallest", words(Math.min(shown.low, ...shown.outliers))],
          ]}
        />
      )}
    </div>
  );
}

interface HoveredProps {
  boxes: readonly BoxOfRuns[];
  scale: Scale;
  frame: FrameSize;
  xOf: (box: number) => number;
}

/** The run that is pointed at in another panel, where it lies in its box. */
function HoveredRun({ boxes, scale, frame, xOf }: HoveredProps) {
  const { hover, colors } = useRunView();
  const run = useHover(hover);
  if (run === null) return null;
  const box = boxes.findIndex(({ runs }) => runs.has(run));
  const at = scale.place(boxes[box]?.runs.get(run) ?? null);
  if (at === null) return null;
  const y = frame.top + (1 - at) * frame.height;
  return <circle className={styles.run} cx={xOf(box)} cy={y} r={5} fill={colors.of(run)} />;
}

interface MarkProps {
  box: Box;
  scale: Scale;
  frame: FrameSize;
  /** Pixels: of its middle, and half its width. */
  x: number;
  half: number;
  lit: boolean;
  hover: (on: boolean) => void;
}

function BoxMark({ box, scale, frame, x, half, lit, hover }: MarkProps) {
  const at = (value: number) => frame.top + (1 - (scale.place(value) ?? 0)) * frame.height;
  const [low, lower, median, upper, high] = [box.low, box.lower, box.median, box.upper, box.high].map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  // Those that would lie upon each other are drawn once.
  const outliers = [...new Set(box.outliers.map((value) => Math.round(at(value))))];
  const wide = Math.max(half, 12);
  return (
    <g
      className={lit ? styles.lit : styles.box}
      onPointerEnter={() => hover(true)}
      onPointerLeave={() => hover(false)}
    >
      <rect className={styles.reach} x={x - wide} y={frame.top} width={2 * wide} height={frame.height} />
      <path d={`M${x} ${high}V${upper}M${x} ${lower}V${low}`} />
      <path d={`M${x - half / 2} ${high}h${half}M${x - half / 2} ${low}h${half}`} />
      <rect x={x - half} y={upper} width={2 * half} height={Math.max(1, lower - upper)} rx={2} />
      <path className={styles.median} d={`M${x - half} ${median}h${2 * half}`} />
      {outliers.map((y) => (
        <circle key={y} cx={x} cy={y} r={2} />
      ))}
    </g>
  );
}
