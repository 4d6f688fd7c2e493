/** What a chart of a number by something shows: the reader's choice over what stands there by itself. */
import { useMemo } from "react";
import type { Field, FieldPart } from "../view/fields";
import { useKept } from "../view/kept";
import { useRunView } from "../view/RunView";
import { useTableGroup } from "../view/tableGroup";
import { useMissing } from "./MissingFields";

interface Chosen {
  /** Ids of fields; empty: what stands there by itself. */
  value: string;
  /** The same, or `run`: each run by itself. */
  by: string;
}

/** As `by`, in place of the id of a field. */
export const EACH_RUN = "run";

const BY_ITSELF: Chosen = { value: "", by: "" };

export interface MeasureBy {
  /** Fields that are numbers. */
  numbers: readonly Field[];
  value: Field | undefined;
  /** What was chosen, else what the table groups by; undefined where it is neither. */
  by: Field | undefined;
  /** As it is kept. */
  chosenBy: string;
  choose: (change: Partial<Chosen>) => void;
  reset: () => void;
  /** Names of chosen fields that no run here has. */
  missing: readonly string[];
}

/** What is measured comes first. */
const PARTS: readonly FieldPart[] = ["Metric", "Summary", "Extreme", "Parameter", "Configuration", "Run"];

/** Kept under `name` of `place`. The number is the metric at first, or else the first that is logged. */
export function useMeasureBy(place: string, name: string): MeasureBy {
  const { fields, fieldById } = useRunView();
  const [chosen, keep] = useKept(place, name, BY_ITSELF);
  const group = useTableGroup();
  const isField = chosen.by !== "" && chosen.by !== EACH_RUN;
  const missing = useMissing(chosen.value || null, isField ? chosen.by : null);
  const numbers = useMemo(
    () =>
      fields
        .filter(({ kind }) => kind === "number" || kind === "duration")
        .toSorted((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part)),
    [fields],
  );
  const usual = numbers.find(({ part }) => part === "Metric" || part === "Summary");
  return {
    numbers,
    value: fieldById.get(chosen.value) ?? usual,
    by: chosen.by === "" ? group : fieldById.get(chosen.by),
    chosenBy: chosen.by,
    choose: (change) => keep({ ...chosen, ...change }),
    reset: () => keep(undefined),
    missing,
  };
}
