import { useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatNumber, formatTime, plural } from "../lib/format";
import { padded, xAxis, yAxis } from "./axes";
import { drawLine, drawLines, extent, type Hit, hitLine, type Line } from "./curves";
import { Plot, type PlotOptions } from "./Plot";
import { Tooltip, type TooltipContent } from "./Tooltip";

const REACH = 32;

/** What curves are drawn against. */
export interface Against {
  name: string;
  kind: "step" | "number" | "time";
}

const STEP: Against = { name: "step", kind: "step" };

interface Props {
  /** The name of the metric. */
  name: string;
  lines: readonly Line[];
  height: number;
  /** Must keep its identity, else the chart is drawn anew. */
  against?: Against;
  /** The y axis begins at zero. */
  fromZero?: boolean;
  /** What to call a run in the tooltip; without it only step and value are shown. */
  nameOf?: (runId: string) => string;
  onOpen?: (runId: string) => void;
}

/** A metric against the step or something else, a line for each run. */
export default function CurvesChart({
  name,
  lines,
  height,
  against = STEP,
  fromZero = false,
  nameOf,
  onOpen,
}: Props) {
  const data = useMemo<uPlot.AlignedData>(() => {
    const bounds = extent(lines);
    return bounds === null ? [[], []] : [bounds.x, bounds.y];
  }, [lines]);
  const [hover, setHover] = useState<(TooltipContent & { width: number }) | null>(null);
  const live = useRef({ lines, data, nameOf, onOpen });
  live.current = { lines, data, nameOf, onOpen };

  const options = useMemo<PlotOptions>(
    () => (colors) => {
      let hit: Hit | null = null;
      const overlay = document.createElement("canvas");
      return {
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
        padding: [8, 12, 0, 0],
        scales: {
          x: {
            time: against.kind === "time",
            range: (_, min, max) => padded(min, max, 0, against.kind === "number" ? 0 : 1),
          },
          y: {
            range: () => {
              const [min, max] = live.current.data[1] as [number?, number?];
              if (fromZero && max !== undefined && min !== undefined && min >= 0) return [0, max * 1.08 || 1];
              return padded(min ?? null, max ?? null, 0.05);
            },
          },
        },
        axes: [xAxis(colors, against.kind), yAxis(colors)],
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          draw: [(plot) => drawLines(plot, live.current.lines, colors)],
          ready: [
            (plot) => {
              overlay.style.position = "absolute";
              overlay.style.inset = "0";
              overlay.style.pointerEvents = "none";
              plot.over.append(overlay);
              plot.over.addEventListener("click", () => {
                if (hit !== null && plot.select.width === 0) live.current.onOpen?.(hit.line.runId);
              });
            },
          ],
          setCursor: [
            (plot) => {
              const { left = -1, top = -1 } = plot.cursor;
              hit = left < 0 ? null : hitLine(plot, live.current.lines, left, top, REACH);
              plot.over.style.cursor = hit !== null && live.current.onOpen !== undefined ? "pointer" : "";
              highlight(plot, overlay, hit, colors.text);
              setHover(hit === null ? null : describe(plot, hit, name, against, live.current.nameOf));
            },
          ],
        },
      };
    },
    [name, against, fromZero],
  );

  const label = `${name} against the ${against.name}, ${plural(lines.length, "curve")}.`;
  return (
    <Plot options={options} data={data} height={height} label={label}>
      {hover !== null && <Tooltip {...hover} />}
    </Plot>
  );
}

/** The line under the cursor on a canvas of its own: the others need not be drawn again. */
function highlight(plot: uPlot, canvas: HTMLCanvasElement, hit: Hit | null, color: string): void {
  const [width, height] = [plot.over.clientWidth, plot.over.clientHeight];
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext("2d");
  if (hit === null || ctx === null) return;
  ctx.scale(devicePixelRatio, devicePixelRatio);
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 2;
  drawLine(plot, ctx, hit.line, true);
  ctx.beginPath();
  ctx.arc(plot.valToPos(hit.step, "x"), plot.valToPos(hit.value, "y"), 3.5, 0, 2 * Math.PI);
  ctx.fill();
}

function describe(
  plot: uPlot,
  { line, step, value }: Hit,
  name: string,
  against: Against,
  nameOf?: (runId: string) => string,
) {
  const at = against.kind === "time" ? formatTime(step) : formatNumber(step);
  const where = against.name.charAt(0).toUpperCase() + against.name.slice(1);
  return {
    left: plot.over.offsetLeft + plot.valToPos(step, "x"),
    top: plot.over.offsetTop + plot.valToPos(value, "y"),
    width: plot.width,
    title: nameOf?.(line.runId) ?? name,
    lines: [
      [nameOf === undefined ? "Value" : name, formatNumber(value)],
      [against.kind === "number" ? against.name : where, at],
    ] as [string, string][],
  };
}
