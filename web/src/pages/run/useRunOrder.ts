import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { type ProjectPath, sweepQuery, sweepsQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { runCollection, useRunsOfAll } from "../../api/useRuns";
import { searchedParams } from "../../lib/params";
import { withSweepNames } from "../../view/names";
import { isOfAgents, useAgentNames } from "../../view/useAgentNames";
import { useExtremeFields } from "../../view/useExtremeFields";
import { useFields } from "../../view/useFields";
import { useRenamed } from "../../view/useOwnNames";
import { runOrder } from "./runOrder";

const NO_RUNS: readonly Run[] = [];
const NO_SWEEPS: readonly { id: string; name: string }[] = [];

export interface RunOrder {
  /** Ids of the runs that the table lists, from the top; null until they are known. */
  ids: readonly string[] | null;
  /** Why they are not known. */
  error: Error | null;
  /** Asks anew for what could not be asked for. */
  retry: () => void;
}

/** The table that an address speaks of: of a sweep, or without one of the project. Nothing is asked for until it is `wanted`. */
export function useRunOrder(
  { entity, project }: ProjectPath,
  sweep: string | undefined,
  search: URLSearchParams,
  wanted: boolean,
): RunOrder {
  const queries = useQueryClient();
  const collections = useMemo(
    () => (wanted ? [runCollection({ entity, project }, sweep)] : []),
    [wanted, entity, project, sweep],
  );
  // The page of a run must not wait for the order of 100,000.
  const snapshot = useDeferredValue(useRunsOfAll(collections)[0], undefined);
  const [runs] = useRenamed(`${entity}/${project}`, snapshot?.runs ?? NO_RUNS);
  const one = useQuery({ ...sweepQuery(sweep ?? ""), enabled: sweep !== undefined });
  const all = useQuery({ ...sweepsQuery({ entity, project }), enabled: wanted && sweep === undefined });
  const known = one.data;
  const sweeps = all.data?.sweeps;
  const metric = known?.metric ?? null;
  const params = useMemo(() => (known === undefined ? [] : searchedParams(known, runs)), [known, runs]);
  const plain = useFields(runs, metric, params);
  const extremes = useExtremeFields(`${entity}/${project}`, runs, plain, search, false);
  const { fields, pending } = useAgentNames(runs, extremes.fields, isOfAgents(search));
  const isKnown =
    snapshot?.complete === true &&
    (sweep === undefined ? sweeps : known) !== undefined &&
    !extremes.pending &&
    !pending;
  const ids = useMemo(() => {
    if (!isKnown) return null;
    return runOrder(runs, withSweepNames(fields, sweeps ?? NO_SWEEPS), metric?.goal ?? null, search);
  }, [isKnown, runs, fields, sweeps, metric, search]);
  const retry = () => {
    if (snapshot?.error) collections[0]?.refresh();
    void queries.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" });
  };
  // What is known already stays known when it cannot be asked for anew.
  const failed = [one, all].find(({ isLoadingError }) => isLoadingError);
  const error = isKnown ? null : (failed?.error ?? extremes.error ?? snapshot?.error ?? null);
  return { ids, error, retry };
}
