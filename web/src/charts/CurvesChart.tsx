import { useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatNumber, plural } from "../lib/format";
import { padded, xAxis, yAxis } from "./axes";
import { drawLine, drawLines, extent, type Hit, hitLine, type Line } from "./curves";
import { Plot, type PlotOptions } from "./Plot";
import { Tooltip, type TooltipContent } from "./Tooltip";

const REACH = 32;

interface Props {
  /** The name of the metric. */
  name: string;
  lines: readonly Line[];
  height: number;
  /** What to call a run in the tooltip; without it only step and value are shown. */
  nameOf?: (runId: string) => string;
  onOpen?: (runId: string) => void;
}

/** A metric against the step, a line for each run. */
export default function CurvesChart({ name, lines, height, nameOf, onOpen }: Props) {
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
          x: { time: false, range: (_, min, max) => padded(min, max, 0, 1) },
          y: {
            range: () => {
              const [min, max] = live.current.data[1] as [number?, number?];
              return padded(min ?? null, max ?? null, 0.05);
            },
          },
        },
        axes: [xAxis(colors, false), yAxis(colors)],
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
              setHover(hit === null ? null : describe(plot, hit, name, live.current.nameOf));
            },
          ],
        },
      };
    },
    [name],
  );

  const label = `${name} against the step, ${plural(lines.length, "curve")}.`;
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

function describe(plot: uPlot, { line, step, value }: Hit, name: string, nameOf?: (runId: string) => string) {
  return {
    left: plot.over.offsetLeft + plot.valToPos(step, "x"),
    top: plot.over.offsetTop + plot.valToPos(value, "y"),
    width: plot.width,
    title: nameOf?.(line.runId) ?? name,
    lines: [
      [nameOf === undefined ? "Value" : name, formatNumber(value)],
      ["Step", formatNumber(step)],
    ] as [string, string][],
  };
}
