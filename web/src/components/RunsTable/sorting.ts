import type { SortingState } from "@tanstack/react-table";
import type { Goal } from "../../lib/bestSoFar";

/** Reads `-created` or `+param:lr` from the address. Without one: the best run first, or the newest. */
export function parseSorting(text: string | null, goal: Goal | null): SortingState {
  if (text === "none") return [];
  const id = text?.slice(1) ?? "";
  if (id !== "") return [{ id, desc: text?.startsWith("-") ?? false }];
  return goal === null ? [{ id: "created", desc: true }] : [{ id: "metric", desc: goal === "maximize" }];
}

export function formatSorting([first]: SortingState): string {
  return first === undefined ? "none" : `${first.desc ? "-" : "+"}${first.id}`;
}
