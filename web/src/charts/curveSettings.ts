/** How curves are to be drawn: for all charts of a project, with exceptions for single ones, kept in the browser. */
import { useCallback, useMemo } from "react";
import { allKept, fitted, keep, useKept } from "../view/kept";
import type { Smoothing } from "./smoothing";

export interface CurveSettings {
  /** `step`, `relative` (to the run's start), `wall`, or `key:` and the name of a logged number. */
  x: string;
  logX: boolean;
  logY: boolean;
  smoothing: Smoothing;
  /** Of the exponential average: the weight of the past. */
  weight: number;
  /** Of the others: how many values they look at together. */
  width: number;
  /** The y axis leaves out the outermost values. */
  ignoreOutliers: boolean;
  yMin: number | null;
  yMax: number | null;
  /**
   * Id of a field: a line for each of its values, with the spread of its runs. `table`: as the table groups them; empty:
   * each run by itself.
   */
  group: string;
  spread: "range" | "deviation";
  /** Most runs drawn. */
  most: number;
  /** Ids of fields said behind the names of runs. */
  says: readonly string[];
}

/** As `group`, in place of the id of a field. */
export const AS_THE_TABLE = "table";

export const DEFAULTS: CurveSettings = {
  x: "step",
  logX: false,
  logY: false,
  smoothing: "none",
  weight: 0.9,
  width: 10,
  ignoreOutliers: false,
  yMin: null,
  yMax: null,
  group: AS_THE_TABLE,
  spread: "range",
  most: 100,
  says: [],
};

interface Kept {
  all: Partial<CurveSettings>;
  /** By chart. */
  own: Record<string, Partial<CurveSettings>>;
}

const NAME = "curves";
const NOTHING: Kept = { all: {}, own: {} };
/** Ranges belong to one metric. */
const NEVER_FOR_ALL = { yMin: null, yMax: null } as const;

export interface SettingsOfChart {
  settings: CurveSettings;
  change: (change: Partial<CurveSettings>) => void;
  /** This chart's settings become those of all. */
  useForAll: () => void;
  /** Back to those of all charts; from there back to how charts are drawn without any. */
  reset: () => void;
  /** Whether there is anything to go back from. */
  changed: boolean;
}

/** `place`: of the project; `chart`: its metric or expression; `x`: where nothing else was chosen. */
export function useCurveSettings(place: string, chart: string, x: string): SettingsOfChart {
  const [kept, setKept] = useKept<Kept>(place, NAME, NOTHING);
  const own = kept.own[chart];
  const settings = useMemo(
    () => fitted({ ...kept.all, ...own }, { ...DEFAULTS, x }) as CurveSettings,
    [x, kept.all, own],
  );
  const change = useCallback(
    (to: Partial<CurveSettings>) =>
      setKept({ ...kept, own: { ...kept.own, [chart]: { ...kept.own[chart], ...to } } }),
    [kept, setKept, chart],
  );
  const useForAll = useCallback(
    () =>
      setKept({
        all: { ...settings, ...NEVER_FOR_ALL },
        own: { [chart]: { yMin: settings.yMin, yMax: settings.yMax } },
      }),
    [setKept, settings, chart],
  );
  const reset = useCallback(() => {
    const { [chart]: mine, ...others } = kept.own;
    setKept(mine === undefined ? undefined : { ...kept, own: others });
  }, [kept, setKept, chart]);
  const changed = own !== undefined || Object.keys(kept.all).length > 0;
  return useMemo(
    () => ({ settings, change, useForAll, reset, changed }),
    [settings, change, useForAll, reset, changed],
  );
}

/** A new chart begins with the settings of another one. */
export function beginSettings(place: string, chart: string, from: string): void {
  const kept = fitted(allKept(place)[NAME], NOTHING) as Kept;
  const begun = kept.own[from];
  if (begun !== undefined) keep(place, NAME, { ...kept, own: { ...kept.own, [chart]: begun } });
}
