import { useCallback, useMemo } from "react";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { type Curves, useCurves } from "../../api/useCurves";
import { curvePoints } from "../../lib/curveBudget";
import { type Field, fieldText } from "../../view/fields";
import { namesApart } from "../../view/names";
import { realName } from "../../view/ownNames";
import { useRunView } from "../../view/RunView";
import { grouped } from "../bands";
import { keyOfX, linesOf, type Source } from "../curveLines";
import type { CurveSettings } from "../curveSettings";
import { type Line, toldApart } from "../curves";
import type { Expression } from "../expression";
import type { DrawnRun } from "./CurvePanel";
import { useZoomedSteps } from "./useZoomedSteps";

/** Runs in one picture when they are grouped. */
const MOST_GROUPED = 1_000;
const NO_RUNS: readonly Run[] = [];

interface Asked {
  path: ProjectPath;
  /** The first of them are drawn. */
  runs: readonly DrawnRun[];
  value: Expression;
  settings: CurveSettings;
  /** Said behind the names of runs. */
  says: readonly Field[];
  /** By which the runs are grouped. */
  group: Field | undefined;
}

export interface Lines {
  lines: readonly Line[];
  /** How many runs could be drawn, and those that are looked at. */
  total: number;
  drawn: readonly DrawnRun[];
  /** What to call a line, by its `runId`. */
  nameOf: (id: string) => string;
  /** The same in files, which others may read. */
  realNameOf: (id: string) => string;
  /** What is said behind the name: names of fields, and the run's values. */
  detailsOf: (id: string) => [name: string, value: string][];
  curves: Curves;
}

/** The lines of a chart as its settings want them, kept current. */
export function useLines({ path, runs, value, settings, says, group }: Asked): Lines {
  const colorOf = useRunView().colors.of;
  const most = group === undefined ? settings.most : MOST_GROUPED;
  const meant = useMemo(
    () => (group === undefined ? runs : runs.filter(({ brushedOut }) => brushedOut !== true)),
    [runs, group],
  );
  const drawn = useMemo(() => meant.slice(0, most), [meant, most]);
  const logged = useMemo(() => drawn.map(({ run }) => run), [drawn]);
  const xKey = keyOfX(settings.x);
  const keys = useMemo(() => [...new Set([...value.keys, ...(xKey === null ? [] : [xKey])])], [value, xKey]);
  // Groups are drawn at places of their own, the same however close one looks.
  const range = useZoomedSteps(path, settings.x, group === undefined ? logged : NO_RUNS);
  const curves = useCurves(path, logged, keys, curvePoints(drawn.length), range);
  const byId = useMemo(() => new Map(logged.map((run) => [run.id, run])), [logged]);
  const names = useMemo(() => namesApart(logged), [logged]);

  const { version, get } = curves;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that `get` answers something else
  const lines = useMemo(() => {
    const sources = drawn.map((one) => sourceOf(one, colorOf(one.run.id), get));
    const of = linesOf(sources, value, settings);
    if (group === undefined) return toldApart(of);
    const groupOf = (id: string) => fieldText(group, byId.get(id) as Run);
    return toldApart(grouped(of, groupOf, settings.spread));
  }, [drawn, get, version, value, settings, group, byId, colorOf]);
  const named = (read: (run: Run) => string) => (id: string) => {
    const run = byId.get(id);
    if (group !== undefined) return `${group.label} ${id}`;
    return run === undefined ? id : read(run);
  };
  const detailsOf = useCallback(
    (id: string): [string, string][] => {
      const run = byId.get(id);
      return run === undefined ? [] : says.map((field) => [field.label, fieldText(field, run)]);
    },
    [byId, says],
  );
  return {
    lines,
    total: meant.length,
    drawn,
    nameOf: named(({ id, name }) => names.get(id) ?? name),
    realNameOf: named(realName),
    detailsOf,
    curves,
  };
}

const sourceOf = ({ run, emphasis }: DrawnRun, color: string, get: Curves["get"]): Source => ({
  runId: run.id,
  emphasis,
  color,
  started: run.started,
  stopped: run.stopped != null,
  curveOf: (key) => get(key, run.id),
});
