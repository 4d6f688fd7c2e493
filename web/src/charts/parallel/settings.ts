/** Which axes stand side by side, in which order and how: what a reader chose, over what stands there by itself. */
import { isLogByItself } from "../../lib/logParams";
import type { Field } from "../../view/fields";
import type { Gradient } from "../gradient";

/** Kept by the field's id, so that it holds in every sweep that has the field. */
export interface AxisSettings {
  title?: string;
  log?: boolean;
  flip?: boolean;
  /** Said only where it differs from what stands there by itself. */
  shown?: boolean;
}

export interface ParallelSettings {
  /** Ids of fields. */
  order: readonly string[];
  axes: Readonly<Record<string, AxisSettings>>;
  gradient: Gradient;
}

export const BY_ITSELF: ParallelSettings = { order: [], axes: {}, gradient: "plasma" };

export interface Axis {
  field: Field;
  title: string;
  log: boolean;
  flip: boolean;
}

/** Parameters and the metric; without one, the first thing that was logged. */
function usualFields(fields: readonly Field[]): Field[] {
  const goal = fields.find(({ part }) => part === "Metric") ?? fields.find(({ part }) => part === "Summary");
  return fields.filter((field) => field === goal || field.part === "Parameter");
}

export function shownFields(fields: readonly Field[], settings: ParallelSettings): Field[] {
  const usual = new Set(usualFields(fields));
  return fields.filter((field) => settings.axes[field.id]?.shown ?? usual.has(field));
}

/** Parameters in their order and the metric last, unless the reader wants otherwise. */
export function axesOf(
  fields: readonly Field[],
  settings: ParallelSettings,
  logs: ReadonlySet<string>,
): Axis[] {
  const shown = shownFields(fields, settings);
  const usual = [...shown.filter(({ id }) => id !== "metric"), ...shown.filter(({ id }) => id === "metric")];
  const place = new Map(settings.order.map((id, i) => [id, i]));
  // A field that the order does not know yet comes before the last one, which colours the lines.
  const rank = (field: Field) => place.get(field.id) ?? settings.order.length - 1.5;
  const ordered = settings.order.length === 0 ? usual : usual.toSorted((a, b) => rank(a) - rank(b));
  return ordered.map((field) => {
    const { title, log, flip } = settings.axes[field.id] ?? {};
    return {
      field,
      title: title || field.label,
      log: log ?? isLogByItself(field, logs),
      flip: flip ?? false,
    };
  });
}

export const withAxis = (settings: ParallelSettings, id: string, change: AxisSettings): ParallelSettings => ({
  ...settings,
  axes: { ...settings.axes, [id]: { ...settings.axes[id], ...change } },
});

/** The axis at `from` stands at `to` then. */
export function withMoved(
  settings: ParallelSettings,
  axes: readonly Axis[],
  from: number,
  to: number,
): ParallelSettings {
  const order = axes.map(({ field }) => field.id);
  order.splice(Math.min(axes.length - 1, Math.max(0, to)), 0, ...order.splice(from, 1));
  return { ...settings, order };
}
