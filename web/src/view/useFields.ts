import { useMemo, useRef } from "react";
import type { MetricGoal, Run } from "../api/types";
import { type Field, fieldsOf } from "./fields";

/** The fields of runs that keep changing: the same list, by identity, until a field comes, goes or is of another kind. */
export function useFields(
  runs: readonly Run[],
  metric: MetricGoal | null,
  params: readonly string[],
): readonly Field[] {
  const kept = useRef<readonly Field[]>([]);
  return useMemo(() => {
    const made = fieldsOf(runs, metric, params);
    if (!alike(made, kept.current)) kept.current = made;
    return kept.current;
  }, [runs, metric, params]);
}

const alike = (some: readonly Field[], others: readonly Field[]): boolean =>
  some.length === others.length &&
  some.every((field, i) => {
    const other = others[i];
    return field.id === other?.id && field.kind === other.kind && field.label === other.label;
  });
