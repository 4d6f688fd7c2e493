import { Suspense, useMemo } from "react";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { Card } from "../../components/Card";
import { ErrorNote } from "../../components/ErrorNote";
import { FullScreen } from "../../components/FullScreen";
import { Skeleton } from "../../components/Skeleton";
import { metricCard } from "../../components/screen";
import { formatNumber } from "../../lib/format";
import type { Field } from "../../view/fields";
import type { Hover } from "../../view/hover";
import { useTableGroup } from "../../view/tableGroup";
import { type Against, againstOf } from "../curveLines";
import { AS_THE_TABLE, useCurveSettings } from "../curveSettings";
import type { Emphasis, Line } from "../curves";
import type { Expression } from "../expression";
import { CurvesChart } from "../lazy";
import { noRunOf } from "../Nothing";
import type { Rungs } from "../rungs";
import { ZoomReset } from "../zoom";
import styles from "./CurvePanel.module.css";
import { Downloads } from "./Downloads";
import { Legend } from "./Legend";
import { SettingsPopover } from "./SettingsPopover";
import { useLines } from "./useLines";

/** A run that may be drawn. */
export interface DrawnRun {
  run: Run;
  emphasis: Emphasis;
  /** It is brushed out: there in grey, to be compared with, and in no group. */
  brushedOut?: boolean;
}

export interface CurvePanelProps {
  path: ProjectPath;
  /** The metric or expression. */
  title: string;
  /** Above the chart, where the title alone would not tell it from another. */
  heading?: string;
  /** What its settings are kept under: the title, unless another chart has the same. */
  keptAs?: string;
  /** Names it in the address when it fills the screen: what it is kept under, unless the page has another so called. */
  screenName?: string;
  /** What is drawn: a metric, or an expression over some; null until that can be known. */
  value: Expression | null;
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
  onOpen?: ((runId: string) => void) | undefined;
  rungs?: Rungs | undefined;
  /** Further tools. */
  more?: React.ReactNode;
}

const NO_FIELDS: readonly Field[] = [];
const NOT_YET: Expression = { keys: [], compute: () => Number.NaN };

/** Curves in a card, with everything that a reader may want to do with them. */
export default function CurvePanel(props: CurvePanelProps) {
  const { title, keptAs = title, screenName = metricCard(keptAs), height } = props;
  return (
    <FullScreen name={screenName} height={height}>
      {(height) => <CurveCard {...props} height={height} />}
    </FullScreen>
  );
}

function CurveCard({
  path,
  title,
  heading = title,
  keptAs = title,
  value,
  runs,
  order = "",
  fields = NO_FIELDS,
  keys,
  height,
  defaultX = "step",
  hover,
  onOpen,
  rungs,
  more,
}: CurvePanelProps) {
  const place = `${path.entity}/${path.project}`;
  const chart = useCurveSettings(place, keptAs, defaultX);
  const { settings } = chart;
  const many = order !== "";
  const ofTable = useTableGroup();
  const chosen = fields.find(({ id }) => id === settings.group);
  const group = settings.group === AS_THE_TABLE && many ? ofTable : chosen;
  const says = useMemo(() => fields.filter(({ id }) => settings.says.includes(id)), [fields, settings.says]);
  const { lines, total, drawn, nameOf, realNameOf, detailsOf, curves } = useLines({
    path,
    runs,
    value: value ?? NOT_YET,
    settings,
    says,
    group,
  });

  const against = useMemo(() => againstOf(settings.x), [settings.x]);
  const { logX, logY, yMin, yMax, ignoreOutliers } = settings;
  const look = useMemo(
    () => ({ logX, logY, yMin, yMax, ignoreOutliers }),
    [logX, logY, yMin, yMax, ignoreOutliers],
  );
  // A line of many runs is no run's.
  const ofRuns = group === undefined ? { hover, onOpen } : {};
  const onSteps = settings.x === "step" ? rungs : undefined;
  const empty = lines.length === 0;

  // Curves grow all the time; what can be chosen of them does not change with that.
  const menu = useMemo(
    () => <SettingsPopover {...{ chart, fields, keys, against, many, group }} title={heading} />,
    [chart, fields, keys, against, many, group, heading],
  );
  return (
    <Card
      title={heading}
      aside={
        <div className={styles.tools}>
          <ZoomReset against={against} />
          {menu}
          <Downloads
            {...{ lines, against }}
            nameOf={realNameOf}
            title={heading}
            value={title}
            disabled={empty}
          />
          {more}
        </div>
      }
    >
      {curves.error !== null && empty ? (
        <ErrorNote error={curves.error} retry={curves.retry} />
      ) : empty && (value === null || !curves.complete) ? (
        <Skeleton height={height} />
      ) : empty ? (
        <p className={styles.none} style={{ height }}>
          {nothing(title, drawn, settings.x)}
        </p>
      ) : (
        <Suspense fallback={<Skeleton height={height} />}>
          <CurvesChart
            {...{ lines, against, look, nameOf, detailsOf, height, ...ofRuns }}
            name={title}
            rungs={onSteps}
          />
        </Suspense>
      )}
      {many ? (
        <Legend
          {...{ lines, nameOf, detailsOf, ...ofRuns }}
          rungs={onSteps}
          counted={{ total, drawn: drawn.length, order }}
        />
      ) : (
        <p className={styles.last}>{lastWords(lines, against)}</p>
      )}
    </Card>
  );
}

/** Of a single run, in place of a legend. */
function lastWords([line]: readonly Line[], against: Against): string {
  // What was logged, however smooth the line is.
  const value = (line?.raw ?? line?.values)?.findLast((one) => one !== null);
  const last = value === undefined || value === null ? "" : `Last: ${formatNumber(value)}`;
  return against.kind === "number" ? `${last}, by ${against.name}` : last;
}

/** Why there is nothing to see. */
function nothing(title: string, runs: readonly DrawnRun[], x: string): string {
  if (x !== "step") return noRunOf(runs, `has logged ${title} together with what the x axis is to show`);
  return noRunOf(runs, `has logged ${title} yet`);
}
