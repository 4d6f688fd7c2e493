import { Suspense, useMemo, useRef } from "react";
import type uPlot from "uplot";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { type Curves, useCurves } from "../../api/useCurves";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { curvePoints } from "../../lib/curveBudget";
import { formatNumber, formatValue } from "../../lib/format";
import type { Field } from "../../view/fields";
import type { Hover } from "../../view/hover";
import { seriesOf } from "../../view/runColors";
import { grouped } from "../bands";
import { type Against, againstOf, keyOfX, linesOf, type Source } from "../curveLines";
import { useCurveSettings } from "../curveSettings";
import { type Emphasis, type Line, toldApart } from "../curves";
import type { Expression } from "../expression";
import { CurvesChart } from "../lazy";
import type { Rungs } from "../rungs";
import { ZoomReset } from "../zoom";
import styles from "./CurvePanel.module.css";
import { Downloads } from "./Downloads";
import { FullScreen } from "./FullScreen";
import { Legend } from "./Legend";
import { SettingsPopover } from "./SettingsPopover";

/** A run that may be drawn. */
export interface DrawnRun {
  run: Run;
  emphasis: Emphasis;
}

export interface CurvePanelProps {
  path: ProjectPath;
  /** The metric or expression: what its settings are kept under. */
  title: string;
  /** Above the chart, where the title alone would not tell it from another. */
  heading?: string;
  /** What is drawn: a metric, or an expression over some. */
  value: Expression;
  /** The first of them are drawn. Must keep its identity while nothing changes. */
  runs: readonly DrawnRun[];
  /** What they come first by: "best first". */
  order?: string;
  /** By which runs can be grouped. */
  fields?: readonly Field[];
  /** Logged numbers that can be the x axis. */
  keys: readonly string[];
  height: number;
  /** What they are drawn against unless the reader says otherwise, as in the settings. */
  defaultX?: string;
  hover?: Hover;
  onOpen?: (runId: string) => void;
  rungs?: Rungs | undefined;
  /** Further tools. */
  more?: React.ReactNode;
}

/** Runs in one picture when they are grouped. */
const MOST_GROUPED = 1_000;

/** Curves in a card, with everything that a reader may want to do with them. */
export default function CurvePanel({
  path,
  title,
  heading = title,
  value,
  runs,
  order = "",
  fields = [],
  keys,
  height,
  defaultX = "step",
  hover,
  onOpen,
  rungs,
  more,
}: CurvePanelProps) {
  const place = `${path.entity}/${path.project}`;
  const chart = useCurveSettings(place, title, defaultX);
  const { settings } = chart;
  const plot = useRef<uPlot>(null);
  const group = fields.find(({ id }) => id === settings.group);
  const most = group === undefined ? settings.most : MOST_GROUPED;
  const chosen = useMemo(() => runs.slice(0, most), [runs, most]);
  const logged = useMemo(() => chosen.map(({ run }) => run), [chosen]);
  const xKey = keyOfX(settings.x);
  const asked = useMemo(() => [...new Set([...value.keys, ...(xKey === null ? [] : [xKey])])], [value, xKey]);
  const curves = useCurves(path, logged, asked, curvePoints(chosen.length));
  const byId = useMemo(() => new Map(chosen.map(({ run }) => [run.id, run])), [chosen]);

  const { version, get } = curves;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that `get` answers something else
  const lines = useMemo(() => {
    const of = linesOf(
      chosen.map((drawn) => sourceOf(drawn, get)),
      value,
      settings,
    );
    if (group === undefined) return toldApart(of);
    const nameOf = (id: string) => formatValue(group.read(byId.get(id) as Run));
    return grouped(of, nameOf, seriesOf, settings.spread);
  }, [chosen, get, version, value, settings, group, byId]);

  const against = useMemo(() => againstOf(settings.x), [settings.x]);
  const { logX, logY, yMin, yMax, ignoreOutliers } = settings;
  const look = useMemo(
    () => ({ logX, logY, yMin, yMax, ignoreOutliers }),
    [logX, logY, yMin, yMax, ignoreOutliers],
  );
  const nameOf = (id: string) => (group === undefined ? (byId.get(id)?.name ?? id) : `${group.label} ${id}`);
  const empty = lines.length === 0;

  const body = (tall: number) =>
    curves.error !== null && empty ? (
      <ErrorNote error={curves.error} retry={curves.retry} />
    ) : empty && !curves.complete ? (
      <Skeleton height={tall} />
    ) : empty ? (
      <p className={styles.none} style={{ height: tall }}>
        {nothing(title, runs, settings.x)}
      </p>
    ) : (
      <Suspense fallback={<Skeleton height={tall} />}>
        <CurvesChart
          name={title}
          lines={lines}
          height={tall}
          against={against}
          look={look}
          nameOf={nameOf}
          {...(onOpen === undefined || group !== undefined ? {} : { onOpen })}
          {...(hover === undefined || group !== undefined ? {} : { hover })}
          rungs={rungs}
          plot={plot}
        />
      </Suspense>
    );
  const many = order !== "";
  const legend = !many ? (
    <p className={styles.last}>{lastWords(lines, against)}</p>
  ) : (
    <Legend
      lines={lines}
      nameOf={nameOf}
      total={runs.length}
      drawn={chosen.length}
      order={order}
      hover={group === undefined ? hover : undefined}
      onOpen={group === undefined ? onOpen : undefined}
      rungs={settings.x === "step" ? rungs : undefined}
    />
  );
  const tools = (
    <>
      <ZoomReset against={against} />
      <SettingsPopover
        title={heading}
        chart={chart}
        fields={fields}
        keys={keys}
        against={against}
        many={many}
      />
      <Downloads
        title={heading}
        value={title}
        plot={plot}
        lines={lines}
        against={against}
        nameOf={nameOf}
        disabled={empty}
      />
    </>
  );
  return (
    <FullScreen
      title={heading}
      tools={tools}
      body={(tall) => (
        <>
          {body(tall)}
          {legend}
        </>
      )}
    >
      {(open, enlarged) => (
        <Card
          title={heading}
          aside={
            <div className={styles.tools}>
              {tools}
              {open}
              {more}
            </div>
          }
        >
          {enlarged ? <div style={{ height }} /> : body(height)}
          {legend}
        </Card>
      )}
    </FullScreen>
  );
}

const sourceOf = ({ run, emphasis }: DrawnRun, get: Curves["get"]): Source => ({
  runId: run.id,
  emphasis,
  series: seriesOf(run.id),
  started: run.started,
  stopped: run.stopped != null,
  curveOf: (key) => get(key, run.id),
});

/** Of a single run, in place of a legend. */
function lastWords([line]: readonly Line[], against: Against): string {
  const value = line?.values.findLast((one) => one !== null);
  const last = value === undefined || value === null ? "" : `Last: ${formatNumber(value)}`;
  return against.kind === "number" ? `${last}, by ${against.name}` : last;
}

/** Why there is nothing to see. */
function nothing(title: string, runs: readonly DrawnRun[], x: string): string {
  if (runs.length === 0) return "No run to draw: all are filtered out.";
  if (x !== "step") return `No run has logged ${title} together with what the x axis is to show.`;
  return `No run has logged ${title} yet.`;
}
