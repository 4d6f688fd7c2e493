import { useMemo } from "react";
import { useLocation } from "wouter";
import { runPath } from "../../app/routes";
import { Card } from "../../components/Card";
import { Key } from "../../components/Key";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import { isLogByItself } from "../../lib/logParams";
import { type Field, fieldText } from "../../view/fields";
import { useKept } from "../../view/kept";
import { useRunView } from "../../view/RunView";
import { rankedRuns } from "../../view/rankedRuns";
import { colorsByGroup } from "../../view/runColors";
import { useTableGroup } from "../../view/tableGroup";
import { FEW } from "../curves";
import { GradientKey } from "../GradientChoice";
import { COLORS } from "../gradient";
import { MissingFields, useMissing } from "../MissingFields";
import { Nothing, noRunOf } from "../Nothing";
import { scaleOf } from "../scale";
import { shadesOf, shadeWords } from "../shades";
import { scatterTitle } from "../titles";
import type { Paint } from "./draw";
import { countPlaced, pointsOf, RUNNING, runningLine } from "./points";
import { ScatterPlot } from "./ScatterPlot";
import { ScatterSettingsMenu } from "./ScatterSettingsMenu";
import { BY_ITSELF, type ScatterSettings, sidesOf, tipsOf } from "./settings";
import { useSide } from "./useSide";

const AIR = { x: 0.02, y: 0.06 };
const NO_RINGS: readonly number[] = [];

interface Props {
  /** Where choices are kept: the project. */
  place: string;
  /** What they are kept under there. */
  name?: string;
  /** Names of parameters that belong on a logarithmic axis. */
  logs: ReadonlySet<string>;
  height: number;
  /** The runs are still on their way. */
  loading?: boolean;
}

/** Any field of the runs against any other: the metric over time, unless the reader wants otherwise. */
export function ScatterPanel({ place, name = "scatter", logs, height, loading = false }: Props) {
  const { fields, matched, marks, metric, colors } = useRunView();
  const [, navigate] = useLocation();
  const [settings, keep] = useKept<ScatterSettings>(place, name, BY_ITSELF);
  const sides = useMemo(() => sidesOf(fields, settings), [fields, settings]);
  const x = useSide(sides?.x, logs, AIR.x, settings.x);
  const y = useSide(sides?.y, logs, AIR.y, settings.y);
  const points = useMemo(() => (x === null || y === null ? null : pointsOf(matched, x, y)), [matched, x, y]);
  const hasGoal = y?.field.id === "metric" && metric !== null;
  const lines = useMemo(() => {
    if (points === null || y === null || y.scale.categories !== null) return [];
    const kinds = settings.lines.filter((kind) => kind !== "best" || hasGoal);
    return kinds.map((kind) =>
      runningLine(kind, metric?.goal ?? "minimize", matched, marks, points, y.field),
    );
  }, [points, y, settings.lines, hasGoal, metric, matched, marks]);
  const color = fields.find(({ id }) => id === settings.color);
  const reversed = color?.id === "metric" && metric?.goal === "minimize";
  const group = useTableGroup();
  const groups = useMemo(
    () =>
      group === undefined || settings.color !== "plain" ? null : colorsByGroup(matched, group, colors.of),
    [group, settings.color, matched, colors.of],
  );
  // In the order that the curves and the table have them in.
  const groupNames = useMemo(
    () =>
      groups === null || group === undefined
        ? []
        : [...new Set(rankedRuns(matched, metric).map((run) => fieldText(group, run)))],
    [groups, group, matched, metric],
  );
  const { paint, ends } = useMemo(
    () =>
      groups === null
        ? paintOf(settings.color, color, matched, reversed, logs, colors.of)
        : { paint: { by: "run" as const, colors: groups.ofRuns }, ends: null },
    [groups, settings.color, color, matched, reversed, logs, colors.of],
  );
  const tips = useMemo(
    () => (sides === null ? [] : tipsOf(fields, settings, sides)),
    [fields, settings, sides],
  );
  const strength = settings.dim ? 0.35 : 1;
  const look = useMemo(
    () => ({ radius: matched.length > 1000 ? 1.8 : 2.6, strength }),
    [matched.length, strength],
  );

  const missing = useMissing(settings.x.field, settings.y.field);
  const misfit = missing.length > 0;
  const shown = points === null ? 0 : countPlaced(points, marks);
  // Whatever is brushed, so that the plot does not go away under the hand that brushes it.
  const none = points === null || countPlaced(points) === 0;
  const overTime = x?.field.id === "created";
  const title = scatterTitle(misfit ? null : sides);
  const withLines = lines.map(({ kind }) => `, with the ${RUNNING[kind].toLowerCase()}`).join("");
  const by = overTime ? "the time they were created" : (x?.title ?? "");
  return (
    <Card
      title={title}
      aside={
        x !== null &&
        y !== null && (
          <>
            {!misfit &&
              (ends !== null ? (
                <GradientKey gradient={settings.gradient} {...ends} />
              ) : paint.by === "plain" ? (
                <Key kind="dot">{plural(shown, "run")}</Key>
              ) : (
                <span>{plural(shown, "run")}</span>
              ))}
            {!misfit && groups !== null && groupNames.length <= FEW && (
              <>
                {group?.label}:
                {groupNames.map((name) => (
                  <Key key={name} kind="dot" color={groups.byName.get(name)}>
                    {name}
                  </Key>
                ))}
              </>
            )}
            {!misfit &&
              lines.map(({ kind }) => (
                <Key key={kind} kind={kind === "best" ? "line" : "dim"}>
                  {RUNNING[kind].toLowerCase()}
                </Key>
              ))}
          </>
        )
      }
      tools={
        x !== null &&
        y !== null && <ScatterSettingsMenu {...{ title, fields, settings, keep, x, y, hasGoal, tips }} />
      }
    >
      {loading && (none || misfit) ? (
        <Skeleton height={height} />
      ) : misfit ? (
        <MissingFields
          {...{ height, missing }}
          mend={() => keep({ ...settings, x: BY_ITSELF.x, y: BY_ITSELF.y })}
        />
      ) : x === null || y === null || none ? (
        <Nothing height={height}>
          {y === null ? "Nothing was logged yet." : noRunOf(matched, `has ${y.title}`)}
        </Nothing>
      ) : (
        <ScatterPlot
          {...{ x, y, marks, paint, lines, look, tips, height }}
          rings={NO_RINGS}
          gradient={settings.gradient}
          labels={settings.labels}
          label={`${y.title} of ${plural(shown, "run")} by ${by}${withLines}. The same numbers are in the table of runs.`}
          xTitle={overTime ? undefined : x.title}
          onOpen={(run) => navigate(runPath(run))}
        />
      )}
    </Card>
  );
}

function paintOf(
  choice: string,
  field: Field | undefined,
  runs: ReturnType<typeof useRunView>["matched"],
  reversed: boolean,
  logs: ReadonlySet<string>,
  colorOf: (runId: string) => string,
): { paint: Paint; ends: { from: string; to: string } | null } {
  if (choice === "run")
    return { paint: { by: "run", colors: runs.map(({ id }) => colorOf(id)) }, ends: null };
  if (field === undefined) return { paint: { by: "plain" }, ends: null };
  const values = runs.map(field.read);
  const scale = scaleOf(field.kind, values, { log: isLogByItself(field, logs) });
  const places = Float32Array.from(values, (value) => scale.place(value) ?? Number.NaN);
  return {
    paint: { by: "value", shades: shadesOf(places, COLORS, reversed) },
    ends: shadeWords(places, scale.text, reversed),
  };
}
