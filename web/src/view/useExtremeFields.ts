import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate } from "../api/LiveProvider";
import type { Change } from "../api/live";
import { extremesQuery } from "../api/queries";
import type { Run } from "../api/types";
import { fieldsNamed } from "./address";
import type { Field } from "./fields";
import { useKept } from "./kept";
import { EXTREMES, type Extreme, intervalFor, sweepOf } from "./useExtremes";

const SUMMARY = "summary_metrics.";
const NONE: readonly string[] = [];
const NO_KEYS = ["none asked for"];
const isRun = ({ kind }: Change) => kind === "run";

/** The name under which runs log a field's numbers; null for everything else. */
export const loggedName = ({ key, kind, part }: Field): string | null =>
  kind === "number" && part !== "Extreme" && key?.startsWith(SUMMARY) ? key.slice(SUMMARY.length) : null;

export const extremeId = (extreme: Extreme, logged: string): string => `${extreme}:${logged}`;

/** Ids of the extremes that the reader has asked for, as columns, and what changes them. */
export const useChosenExtremes = (place: string) => useKept(place, "extremes", NONE);

interface ExtremeFields {
  fields: readonly Field[];
  /** Some of the values are not known yet, or cannot be. */
  pending: boolean;
  error: Error | null;
}

/**
 * The fields and, each behind the one that it is of, the smallest and largest logged values that the reader has asked for
 * or that the address names. `place`: the project, as `me/p`. `isTable`: whether what was asked for has columns.
 */
export function useExtremeFields(
  place: string,
  runs: readonly Run[],
  fields: readonly Field[],
  address: URLSearchParams,
  isTable = true,
): ExtremeFields {
  const [columns] = useChosenExtremes(place);
  const chosen = isTable ? columns : NONE;
  const named = JSON.stringify(fieldsNamed(address));
  const asked = useMemo(() => {
    const isAsked = (id: string) => chosen.includes(id) || named.includes(`"${id}"`);
    const byName = new Map<string, readonly Extreme[]>();
    for (const logged of fields.flatMap((field) => loggedName(field) ?? [])) {
      const extremes = EXTREMES.filter((extreme) => isAsked(extremeId(extreme, logged)));
      if (extremes.length > 0) byName.set(logged, extremes);
    }
    return byName;
  }, [fields, chosen, named]);
  const keys = useMemo(() => [...asked.keys()], [asked]);
  const sweep = useMemo(() => (keys.length === 0 ? null : sweepOf(runs)), [keys, runs]);
  const [entity = "", project = ""] = place.split("/");
  const { spans, pending, error } = useQueries({
    queries: keys.map((key) => extremesQuery({ entity, project }, sweep, key)),
    combine: together,
  });
  useInvalidate(keys.length > 0 ? ["extremes", entity, project] : NO_KEYS, isRun, intervalFor(runs.length));
  const found = useMemo(() => {
    if (keys.length === 0) return fields;
    const added = new Set<string>();
    return fields.flatMap((field) => {
      const logged = loggedName(field);
      if (logged === null || added.has(logged)) return field;
      added.add(logged);
      const made = (asked.get(logged) ?? []).map((extreme): Field => {
        const [at, end] = [keys.indexOf(logged), EXTREMES.indexOf(extreme)];
        const read = ({ id }: Run) => spans[at]?.[id]?.[end];
        const label = `${extreme} ${logged}`;
        return { id: extremeId(extreme, logged), label, part: "Extreme", kind: "number", read, key: null };
      });
      return [field, ...made];
    });
  }, [fields, keys, asked, spans]);
  return { fields: found, pending, error };
}

interface Answer {
  data?: { runs: Record<string, number[]> } | undefined;
  error: Error | null;
}

const together = (answers: readonly Answer[]) => ({
  spans: answers.map(({ data }) => data?.runs),
  pending: answers.some(({ data }) => data === undefined),
  error: answers.find(({ error }) => error !== null)?.error ?? null,
});
