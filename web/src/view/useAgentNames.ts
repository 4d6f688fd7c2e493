import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate } from "../api/LiveProvider";
import type { Change } from "../api/live";
import { sweepAgentsQuery } from "../api/queries";
import type { Agent, Run } from "../api/types";
import { fieldsNamed } from "./address";
import type { Field } from "./fields";
import { withAgentNames } from "./names";

const NOBODY: readonly string[] = [];
const NO_KEY = ["none asked for"];
const INTERVAL = 10_000;
const isAgent = ({ kind }: Change) => kind === "agent";

/** Whether the order, a group or a condition that an address holds is of agents. */
export const isOfAgents = (address: URLSearchParams): boolean => fieldsNamed(address).includes("agent");

/** The fields with agents by their names. Few ask for them, so they are fetched when they are `wanted`. */
export function useAgentNames(
  runs: readonly Run[],
  fields: readonly Field[],
  wanted: boolean,
): { fields: readonly Field[]; pending: boolean } {
  const sweeps = useMemo(() => (wanted ? sweepsOf(runs) : NOBODY), [runs, wanted]);
  const { agents, pending } = useQueries({ queries: sweeps.map(sweepAgentsQuery), combine: together });
  useInvalidate(wanted ? ["agents"] : NO_KEY, isAgent, INTERVAL);
  const named = useMemo(
    () => (agents.length === 0 ? fields : withAgentNames(fields, agents)),
    [fields, agents],
  );
  return { fields: named, pending };
}

/** Those in which agents had any of the runs. */
const sweepsOf = (runs: readonly Run[]): string[] => [
  ...new Set(runs.flatMap(({ sweep_id, agent_id }) => (agent_id === null ? [] : (sweep_id ?? [])))),
];

/** Nothing else of them, or all would be drawn anew whenever they are heard. */
const together = (answers: readonly { data?: { agents: Agent[] } | undefined; isPending: boolean }[]) => ({
  agents: answers.flatMap(({ data }) => data?.agents.map(({ id, name }) => ({ id, name })) ?? []),
  pending: answers.some(({ isPending }) => isPending),
});
