import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import { runPath } from "../../app/routes";
import { Card } from "../../components/Card";
import { Select, SelectRow } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import type { Field } from "../../view/fields";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import { numbersOf } from "../../view/runValues";
import { GradientKey } from "../GradientChoice";
import { MissingFields, useMissing } from "../MissingFields";
import { NO_RUN, Nothing } from "../Nothing";
import { scaleOf } from "../scale";
import type { Look, Paint } from "../scatter/draw";
import { type Frame, pointsOf } from "../scatter/points";
import { ScatterPlot } from "../scatter/ScatterPlot";
import { useSide } from "../scatter/useSide";
import { shadeEnds } from "../shades";
import { contourTitle } from "../titles";
import { drawSurface } from "./drawSurface";
import { bandwidthFor, levelEnds, surfaceOf } from "./surface";

/** With fewer, a surface would be made up. */
const ENOUGH = 12;
const AIR = 0.03;
const PLAIN: Paint = { by: "plain" };
const MANY = 1000;
/** By the number of points: very many would hide the surface that they lie on. */
const onSurface = (count: number): Look => ({
  radius: 1.6,
  strength: Math.min(1, (0.7 * MANY) / count),
  edged: count <= MANY,
});
const ALONE: Look = { radius: 2.6, strength: 1 };
const NONE = [] as const;

interface Props {
  /** Where choices are kept: the project. */
  place: string;
  /** What they are kept under there. */
  name?: string;
  logs: ReadonlySet<string>;
  height: number;
  loading?: boolean;
}

/** The metric over two parameters: the average of the runs near each place, and the runs themselves. */
export function ContourPanel({ place, name = "contour", logs, height, loading = false }: Props) {
  const { fields, fieldById, matched, marks, metric } = useRunView();
  const [, navigate] = useLocation();
  const [chosen, choose] = useKept<readonly string[]>(place, name, NONE);
  const goal = fieldById.get("metric");
  const candidates = useMemo(
    () => fields.filter(({ part, kind }) => part === "Parameter" && kind === "number"),
    [fields],
  );
  // A surface says most of parameters with many values.
  const usual = useMemo(() => {
    const distinct = new Map(candidates.map((field) => [field, new Set(matched.map(field.read)).size]));
    return candidates.toSorted((a, b) => (distinct.get(b) ?? 0) - (distinct.get(a) ?? 0));
  }, [candidates, matched]);
  const find = (id: string | undefined, not?: Field) =>
    candidates.find((field) => field.id === id && field !== not) ?? usual.find((field) => field !== not);
  const first = find(chosen[0]);
  const second = find(chosen[1], first);
  const x = useSide(first, logs, AIR);
  const y = useSide(second, logs, AIR);
  const points = useMemo(() => (x === null || y === null ? null : pointsOf(matched, x, y)), [matched, x, y]);
  const levels = useMemo(() => {
    if (goal === undefined) return null;
    const numbers = numbersOf(matched, goal);
    const scale = scaleOf("number", Array.from(numbers));
    return { scale, places: Float32Array.from(numbers, (number) => scale.place(number) ?? Number.NaN) };
  }, [goal, matched]);
  const found = useMemo(() => {
    if (points === null || levels === null) return null;
    const { scale, places } = levels;
    const { xs, ys } = points;
    const values = places.map((place, i) =>
      marks[i] === 1 && !Number.isNaN(xs[i]) && !Number.isNaN(ys[i]) ? place : Number.NaN,
    );
    const [low, high] = shadeEnds(values);
    const clipped = values.map((value) => Math.min(high, Math.max(low, value)));
    const counted = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
    const count = counted.reduce((sum, one) => sum + one, 0);
    if (count < ENOUGH) return { surface: null, count, counted };
    const surface = surfaceOf(xs, ys, clipped, bandwidthFor(count));
    const [from, to] = levelEnds(surface);
    return { surface, count, counted, from, to, words: [scale.text(from), scale.text(to)] as const };
  }, [points, levels, marks]);
  const look = useMemo(() => (found?.surface ? onSurface(found.count) : ALONE), [found]);
  const reversed = metric?.goal === "minimize";
  const ground = useCallback(
    (ctx: CanvasRenderingContext2D, frame: Frame, palette: readonly string[]) => {
      if (found?.surface) drawSurface(ctx, frame, found.surface, found.from, found.to, palette, reversed);
    },
    [found, reversed],
  );
  const tips = useMemo(
    () => [goal, first, second].filter((field) => field !== undefined),
    [goal, first, second],
  );
  const missing = useMissing(...chosen);
  if (goal === undefined || first === undefined || second === undefined)
    return (
      <Card title={contourTitle(undefined)}>
        <Nothing height={height}>
          A surface needs a metric and two parameters that are numbers; this sweep has not so many.
        </Nothing>
      </Card>
    );
  const names = candidates.map(({ id, label }) => [id, label] as const);
  const [lowest, highest] = found?.words ?? ["", ""];
  return (
    <Card
      title={contourTitle(goal)}
      aside={
        <>
          {found?.surface && (
            <GradientKey
              gradient="plasma"
              {...(reversed ? { from: highest, to: lowest } : { from: lowest, to: highest })}
            />
          )}
          <SelectRow>
            <Select
              label="X"
              options={names.filter(([id]) => id !== second.id)}
              value={first.id}
              onChange={(id) => choose([id, second.id])}
            />
            <Select
              label="Y"
              options={names.filter(([id]) => id !== first.id)}
              value={second.id}
              onChange={(id) => choose([first.id, id])}
            />
          </SelectRow>
        </>
      }
    >
      {loading && matched.length === 0 ? (
        <Skeleton height={height} />
      ) : missing.length > 0 ? (
        <MissingFields {...{ height, missing }} mend={() => choose(undefined)} />
      ) : x === null || y === null || found === null || matched.length === 0 ? (
        <Nothing height={height}>{NO_RUN}</Nothing>
      ) : (
        <ScatterPlot
          {...{ x, y, tips, height, ground }}
          marks={found.counted}
          paint={PLAIN}
          look={look}
          gradient="plasma"
          lines={NONE}
          rings={NONE}
          label={`${goal.label} over ${first.label} and ${second.label}, as ${plural(found.count, "run")} have it on average. The same numbers are in the table of runs.`}
          xTitle={`${first.label} (${plural(found.count, "run")}; ${
            found.surface === null ? `a surface needs ${ENOUGH}` : "blank where none is near"
          })`}
          onOpen={(run) => navigate(runPath(run))}
        />
      )}
    </Card>
  );
}
