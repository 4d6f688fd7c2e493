/** What charts are called, also those that nobody draws now; without fields where there is nothing to draw. Pure. */
import type { Field } from "../view/fields";
import type { Sides } from "./scatter/settings";

export function scatterTitle(sides: Sides | null): string {
  if (sides === null) return "Scatter plot";
  const { x, y } = sides;
  return x.id === "created" ? `${y.label} over time` : `${y.label} against ${x.label}`;
}

/** `isMetric`: the text is the name of one, and no expression. */
export function curvesTitle(text: string, isMetric: boolean): string {
  return text === "" ? "Curves" : isMetric ? `${text} of each run` : text;
}

export const slicesTitle = (metric: Field | undefined): string =>
  metric === undefined ? "By parameter" : `${metric.label} by parameter`;

export const contourTitle = (metric: Field | undefined): string =>
  metric === undefined ? "Over two parameters" : `${metric.label} over two parameters`;

/** `by`: undefined for each run. */
export function barsTitle(value: Field | undefined, by: Field | undefined): string {
  if (value === undefined) return "Bars";
  return by === undefined ? `${value.label} by run` : `Mean ${value.label} by ${by.label}`;
}

export const boxesTitle = (value: Field | undefined, by: Field | undefined): string =>
  value === undefined || by === undefined ? "Boxes" : `Spread of ${value.label} by ${by.label}`;
