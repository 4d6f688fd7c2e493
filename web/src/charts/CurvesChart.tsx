import { useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatDuration, formatNumber, formatTime, plural } from "../lib/format";
import { Hover } from "../view/hover";
import { padded, xAxis, yAxis } from "./axes";
import type { Against } from "./curveLines";
import { extent, type Line } from "./curves";
import { drawLines, type Hit, highlight, hitLine } from "./drawing";
import { type Look, placeRange, valueRange } from "./look";
import { Plot, type PlotOptions } from "./Plot";
import { drawRungs, type Rungs } from "./rungs";
import { Tooltip, type TooltipContent } from "./Tooltip";
import { axisOf, useZoom, zoomGestures } from "./zoom";

const REACH = 32;
const STEP: Against = { name: "step", kind: "step" };

const PLAIN: Look = {};

interface Props {
  /** The name of the metric. */
  name: string;
  lines: readonly Line[];
  height: number;
  /** Must keep its identity, else the chart is drawn anew. */
  against?: Against;
  look?: Look;
  /** What to call a run in the tooltip; without it only step and value are shown. */
  nameOf?: (runId: string) => string;
  /** What else is said of it there. */
  detailsOf?: (runId: string) => [name: string, value: string][];
  onOpen?: ((runId: string) => void) | undefined;
  /** The run under the cursor, shared with other panels. */
  hover?: Hover | undefined;
  rungs?: Rungs | undefined;
}

/** A metric against the step or something else, a line for each run. Drag to zoom, with Shift to move. */
export default function CurvesChart({
  name,
  lines,
  height,
  against = STEP,
  look = PLAIN,
  nameOf,
  detailsOf,
  onOpen,
  hover,
  rungs,
}: Props) {
  const zoom = useZoom();
  const [own] = useState(() => new Hover());
  const shared = hover ?? own;
  const axis = axisOf(against);
  const data = useMemo<uPlot.AlignedData>(() => {
    const bounds = extent(lines, { positiveX: look.logX, positiveY: look.logY });
    return bounds === null ? [[], []] : [bounds.x, bounds.y];
  }, [lines, look]);
  const byId = useMemo(() => new Map(lines.map((line) => [line.runId, line])), [lines]);
  const [tip, setTip] = useState<(TooltipContent & { width: number }) | null>(null);
  const live = useRef({ lines, byId, data, nameOf, detailsOf, onOpen, rungs });
  live.current = { lines, byId, data, nameOf, detailsOf, onOpen, rungs };
  const place = useRef<uPlot>(null);

  const options = useMemo<PlotOptions>(
    () => (colors) => {
      let hit: Hit | null = null;
      let forget = () => {};
      let pressed = 0;
      const overlay = document.createElement("canvas");
      const gestures = zoomGestures(zoom, axis);
      const whole = (): [number, number] => {
        const [from, to] = live.current.data[0] as [number?, number?];
        if (look.logX && from !== undefined && to !== undefined) return [from, to > from ? to : from * 10];
        return padded(
          from ?? null,
          to ?? null,
          0,
          against.kind === "number" || against.kind === "duration" ? 0 : 1,
        );
      };
      let lit: Line | undefined;
      const light = (plot: uPlot) => {
        const id = shared.get();
        const line = hit?.line ?? (id === null ? undefined : live.current.byId.get(id));
        // A canvas that is cleared costs as much as one that is drawn on.
        if (line !== undefined || lit !== undefined) highlight(plot, overlay, line, hit, colors.text);
        lit = line;
      };
      const window = () => placeRange(zoom.get(axis), whole(), look.logX);
      return {
        ...gestures,
        legend: { show: false },
        padding: [8, 20, 0, 0],
        scales: {
          x: { time: against.kind === "time", distr: look.logX ? 3 : 1, range: window },
          y: { distr: look.logY ? 3 : 1, range: () => valueRange(live.current.lines, look, zoom.get(axis)) },
        },
        axes: [xAxis(colors, against.kind, look.logX), yAxis(colors, look.logY)],
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          ...gestures.hooks,
          draw: [
            (plot) => {
              if (against.kind === "step") drawRungs(plot, live.current.rungs, colors);
              drawLines(plot, live.current.lines, colors);
              light(plot);
            },
          ],
          ready: [
            (plot) => {
              place.current = plot;
              overlay.style.position = "absolute";
              overlay.style.inset = "0";
              overlay.style.width = "100%";
              overlay.style.height = "100%";
              overlay.style.pointerEvents = "none";
              plot.over.append(overlay);
              plot.over.addEventListener("mousedown", (event) => {
                pressed = event.clientX;
              });
              plot.over.addEventListener("click", (event) => {
                const still = Math.abs(event.clientX - pressed) < STILL;
                if (hit !== null && still) live.current.onOpen?.(hit.line.runId);
              });
              const zoomed = zoom.subscribe(() => {
                const [min, max] = window();
                plot.setScale("x", { min, max });
              });
              const hovered = shared.subscribe(() => light(plot));
              forget = () => {
                zoomed();
                hovered();
              };
            },
          ],
          destroy: [() => forget()],
          setCursor: [
            (plot) => {
              const { left = -1, top = -1 } = plot.cursor;
              const before = hit;
              hit = left < 0 ? null : hitLine(plot, live.current.lines, left, top, REACH);
              plot.over.style.cursor = hit !== null && live.current.onOpen !== undefined ? "pointer" : "";
              if (hit !== null || before !== null) shared.set(hit?.line.runId ?? null);
              light(plot);
              setTip(hit === null ? null : describe(plot, hit, name, against, live.current));
            },
          ],
        },
      };
    },
    [name, against, axis, look, zoom, shared],
  );
  useEffect(() => {
    if (place.current !== null && rungs !== undefined) place.current.redraw(false);
  }, [rungs]);

  const label = `${name} against the ${against.name}, ${plural(lines.length, "curve")}.`;
  return (
    <Plot options={options} data={data} height={height} label={label}>
      {tip !== null && <Tooltip {...tip} />}
    </Plot>
  );
}

/** A drag ends in a click too. */
const STILL = 4;

function describe(
  plot: uPlot,
  { line, step, value }: Hit,
  name: string,
  against: Against,
  { nameOf, detailsOf }: Pick<Props, "nameOf" | "detailsOf">,
) {
  const formats = { time: formatTime, duration: formatDuration, step: formatNumber, number: formatNumber };
  const where = against.name.charAt(0).toUpperCase() + against.name.slice(1);
  const lines: [string, string][] = [
    [nameOf === undefined ? "Value" : name, formatNumber(value)],
    [against.kind === "number" ? against.name : where, formats[against.kind](step)],
  ];
  if (line.members !== undefined) lines.push(["Runs", formatNumber(line.members)]);
  lines.push(...(detailsOf?.(line.runId) ?? []));
  return {
    left: plot.over.offsetLeft + plot.valToPos(step, "x"),
    top: plot.over.offsetTop + plot.valToPos(value, "y"),
    width: plot.width,
    title: nameOf?.(line.runId) ?? name,
    lines,
  };
}
