/** What the card of a panel is called, told without the card: a folded panel has none. Pure. */
import { usualBy } from "../../charts/boxes/boxes";
import { missingOf } from "../../charts/MissingFields";
import { measured } from "../../charts/measureBy";
import { BY_ITSELF, type ScatterSettings, sidesOf } from "../../charts/scatter/settings";
import {
  barsTitle,
  boxesTitle,
  contourTitle,
  curvesTitle,
  scatterTitle,
  slicesTitle,
} from "../../charts/titles";
import { isByItself, KINDS, type Panel } from "../../panels/panels";
import type { Field } from "../../view/fields";
import { fitted } from "../../view/kept";
import { loggedKeys } from "../../view/loggedKeys";
import type { RunView } from "../../view/RunView";
import { askedTable, loggedTables, titleOfTable } from "../loggedcharts/loggedTables";
import { askedMedia, mediaOfRuns, titleOfMedia } from "../runsmedia/runsMedia";
import { hasSomethingToShow } from "./panelSettings";

type View = Pick<RunView, "fields" | "fieldById" | "metric" | "drawn">;

/** `kept`: what is kept under the panel's id; `group`: what the table groups by. */
export function panelTitle(panel: Panel, kept: unknown, view: View, group: Field | undefined): string {
  const { kind } = panel;
  const { fields, fieldById, metric, drawn } = view;
  const text = typeof kept === "string" ? kept : "";
  const goal = hasSomethingToShow(kind, fields) ? fieldById.get("metric") : undefined;
  switch (kind) {
    case "scatter": {
      const settings = fitted(kept, BY_ITSELF) as ScatterSettings;
      const isMisfit = missingOf(fieldById, [settings.x.field, settings.y.field]).length > 0;
      return scatterTitle(isMisfit ? null : sidesOf(fields, settings));
    }
    case "curves": {
      const shown = (isByItself(panel) && metric?.name) || text;
      return curvesTitle(shown, shown === metric?.name || loggedKeys(fields).includes(shown));
    }
    case "slices":
      return slicesTitle(goal);
    case "contour":
      return contourTitle(goal);
    case "bars":
    case "boxes": {
      const { value, by, missing } = measured(kept, view, group);
      const shown = missing.length > 0 ? undefined : value;
      return kind === "bars" ? barsTitle(shown, by) : boxesTitle(shown, by ?? usualBy(fields));
    }
    case "logged":
      return titleOfTable(askedTable(loggedTables(drawn), text)[1]);
    case "media":
      return titleOfMedia(askedMedia(mediaOfRuns(drawn), text));
    default:
      return KINDS[kind].name;
  }
}
