/** What is drawn against what: the reader's choices over what stands there by itself. */
import type { Field } from "../../view/fields";
import type { Gradient } from "../gradient";
import type { Running } from "./points";

/** Of one axis. What is null follows the values, or the field. */
export interface SideSettings {
  /** Id of a field. */
  field: string | null;
  log: boolean | null;
  low: number | null;
  high: number | null;
}

export interface ScatterSettings {
  x: SideSettings;
  y: SideSettings;
  /** `plain` (one for all, or one for each group of the table), `run`, or the id of a field whose values give the colours. */
  color: string;
  gradient: Gradient;
  lines: readonly Running[];
  /** Points other than the records are faint. */
  dim: boolean;
  labels: boolean;
  /** Ids of fields said on hovering; null: what describes a run best. */
  tips: readonly string[] | null;
}

const SIDE: SideSettings = { field: null, log: null, low: null, high: null };

export const BY_ITSELF: ScatterSettings = {
  x: SIDE,
  y: SIDE,
  color: "plain",
  gradient: "plasma",
  lines: ["best"],
  dim: false,
  labels: false,
  tips: null,
};

/** Another field has other ends and another scale. */
export const withField = (field: string): SideSettings => ({ ...SIDE, field });

export interface Sides {
  x: Field;
  y: Field;
}

/** The metric against the time of creation, unless the reader wants otherwise; null where there is nothing to draw. */
export function sidesOf(fields: readonly Field[], settings: ScatterSettings): Sides | null {
  const find = (wanted: string | null, usual: string) =>
    fields.find(({ id }) => id === wanted) ?? fields.find(({ id }) => id === usual);
  const x = find(settings.x.field, "created");
  const y = find(settings.y.field, "metric") ?? fields.find(({ part }) => part === "Summary");
  return x === undefined || y === undefined ? null : { x, y };
}

const MOST_TIPS = 8;

/** Fields said of a run: those chosen, else both axes, the parameters and the time of creation. */
export function tipsOf(fields: readonly Field[], settings: ScatterSettings, { x, y }: Sides): Field[] {
  const { tips } = settings;
  if (tips !== null) return fields.filter(({ id }) => tips.includes(id));
  const parameters = fields.filter((field) => field.part === "Parameter" && field !== x && field !== y);
  return [y, x, ...parameters.slice(0, MOST_TIPS)];
}
