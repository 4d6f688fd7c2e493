import { useMemo } from "react";
import { isLogByItself } from "../../lib/logParams";
import { type Field, isMeasured } from "../../view/fields";
import { useRunView } from "../../view/RunView";
import { type ScaleOptions, scaleOf } from "../scale";
import type { Side } from "./points";

type Chosen = Pick<ScaleOptions, "low" | "high"> & {
  /** null or nothing: as the field is by itself. */
  log?: boolean | null;
};

const NOTHING: Chosen = {};

/**
 * A field of the view's matched runs along an axis; null without a field.
 * `logs`: names of parameters that belong on a logarithmic axis. `air`: room beyond the values, as a share of their spread.
 */
export function useSide(
  field: Field | undefined,
  logs: ReadonlySet<string>,
  air: number,
  { log, low, high }: Chosen = NOTHING,
): Side | null {
  const { matched } = useRunView();
  return useMemo(() => {
    if (field === undefined) return null;
    const options = { log: log ?? isLogByItself(field, logs), measured: isMeasured(field), low, high, air };
    return { field, title: field.label, scale: scaleOf(field.kind, matched.map(field.read), options) };
  }, [field, matched, logs, log, low, high, air]);
}
