/** What each of many runs has in a field, read once for as long as the list of runs and the field stay the same. */
import type { Run } from "../api/types";
import { formatParam, toNumber } from "../lib/format";
import type { Field } from "./fields";

type Reader<T> = (runs: readonly Run[], field: Field) => T;

/** Reads it once for each field of each list of runs. */
export function once<T>(read: Reader<T>): Reader<T> {
  const known = new WeakMap<readonly Run[], WeakMap<Field, T>>();
  return (runs, field) => {
    const byField = known.get(runs) ?? new WeakMap<Field, T>();
    if (!byField.has(field)) known.set(runs, byField.set(field, read(runs, field)));
    return byField.get(field) as T;
  };
}

/** NaN where a run has no number. */
export const numbersOf = once((runs, { read }) =>
  Float64Array.from(runs, (run) => toNumber(read(run)) ?? Number.NaN),
);

/** As they are shown, and as ranges of categories name them. */
export const wordsOf = once((runs, { read }): readonly string[] => runs.map((run) => formatParam(read(run))));
