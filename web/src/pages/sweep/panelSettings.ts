/** What a panel of a sweep needs, and where its settings are. */
import { beginSettings } from "../../charts/curveSettings";
import { type Entry, isByItself, isSection, type Panel, type PanelKind } from "../../panels/panels";
import type { Field } from "../../view/fields";
import { allKept, keep, useKept } from "../../view/kept";

/** Whether a panel of the kind, as it is at first, would not be empty. */
export function hasSomethingToShow(kind: PanelKind, fields: readonly Field[]): boolean {
  const hasMetric = fields.some(({ part }) => part === "Metric");
  const parameters = fields.filter(({ part }) => part === "Parameter");
  switch (kind) {
    case "curves":
    case "importance":
      return hasMetric;
    case "slices":
      return hasMetric && parameters.length > 0;
    case "contour":
      return hasMetric && parameters.filter(({ kind }) => kind === "number").length > 1;
    default:
      return true;
  }
}

/** What is shown of an arrangement: a panel that stands there by itself stays away where there is nothing for it. */
export const panelsShown = (entries: readonly Entry[], fields: readonly Field[]): readonly Entry[] =>
  entries.filter((one) => isSection(one) || !isByItself(one) || hasSomethingToShow(one.kind, fields));

/**
 * A new panel has the settings of the one it is made from, or none, or shows what is logged under `key`; `metric`: what the
 * sweep's own curves show.
 */
export function preparePanel(
  place: string,
  id: string,
  from: Panel | null,
  metric: string | undefined,
  key?: string,
): void {
  if (key !== undefined) keep(place, id, key);
  if (from === null) return;
  const isOwnCurves = from.kind === "curves" && isByItself(from);
  beginSettings(place, id, (isOwnCurves ? metric : undefined) ?? from.id);
  if (isOwnCurves) keep(place, id, metric);
  else
    for (const [name, value] of Object.entries(allKept(place)))
      if (isOf(from.id, name)) keep(place, id + name.slice(from.id.length), value);
}

/** Under what a draft of a panel's text is kept. */
export const draftOfText = (place: string, id: string): string => `text/${place}/${id}`;

/** Settings have the panel's name, or one that begins with it and a dot. */
const isOf = (id: string, name: string): boolean => name === id || name.startsWith(`${id}.`);

/** The text of a panel. What is kept may have come with a view of somebody else, and be anything. */
export function useKeptText(place: string, name: string): [string, (text: string) => void] {
  const [kept, keep] = useKept<unknown>(place, name, null);
  return [typeof kept === "string" ? kept : "", keep];
}
