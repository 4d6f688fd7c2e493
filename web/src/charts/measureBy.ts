/** What a chart of a number by something shows: the reader's choice over what stands there by itself. */
import { useMemo } from "react";
import type { Field, FieldPart } from "../view/fields";
import { fitted, useKept } from "../view/kept";
import { type RunView, useRunView } from "../view/RunView";
import { useTableGroup } from "../view/tableGroup";
import { missingOf } from "./MissingFields";

interface Chosen {
  /** Ids of fields; empty: what stands there by itself. */
  value: string;
  /** The same, or `run`: each run by itself. */
  by: string;
}

/** As `by`, in place of the id of a field. */
export const EACH_RUN = "run";

const BY_ITSELF: Chosen = { value: "", by: "" };

interface Measured {
  /** Fields that are numbers. */
  numbers: readonly Field[];
  value: Field | undefined;
  /** What was chosen, else what the table groups by; undefined where it is neither. */
  by: Field | undefined;
  /** Names of chosen fields that no run here has. */
  missing: readonly string[];
}

export interface MeasureBy extends Measured {
  /** As it is kept. */
  chosenBy: string;
  choose: (change: Partial<Chosen>) => void;
  reset: () => void;
}

/** What is measured comes first. */
const PARTS: readonly FieldPart[] = ["Metric", "Summary", "Extreme", "Parameter", "Configuration", "Run"];

/** By what is kept of it. The number is the metric at first, or else the first that is logged. */
export function measured(
  kept: unknown,
  { fields, fieldById }: Pick<RunView, "fields" | "fieldById">,
  group: Field | undefined,
): Measured {
  const { value, by } = fitted(kept, BY_ITSELF) as Chosen;
  const isField = by !== "" && by !== EACH_RUN;
  const numbers = fields
    .filter(({ kind }) => kind === "number" || kind === "duration")
    .toSorted((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part));
  const usual = numbers.find(({ part }) => part === "Metric" || part === "Summary");
  return {
    numbers,
    value: fieldById.get(value) ?? usual,
    by: by === "" ? group : fieldById.get(by),
    missing: missingOf(fieldById, [value || null, isField ? by : null]),
  };
}

/** Kept under `name` of `place`. */
export function useMeasureBy(place: string, name: string): MeasureBy {
  const { fields, fieldById } = useRunView();
  const [chosen, keep] = useKept(place, name, BY_ITSELF);
  const group = useTableGroup();
  const shown = useMemo(
    () => measured(chosen, { fields, fieldById }, group),
    [chosen, fields, fieldById, group],
  );
  return {
    ...shown,
    chosenBy: chosen.by,
    choose: (change) => keep({ ...chosen, ...change }),
    reset: () => keep(undefined),
  };
}
