/** What a saved view holds: where it was, what was chosen there, and how the page was arranged. Pure. */

import type { ProjectPath } from "../../api/queries";
import { projectPath } from "../../app/routes";

export interface SavedView {
  /** Below the project: `sweeps/abc`, `runs`. */
  page: string;
  /** Of the address: search, filter, brushed ranges, groups, order. */
  search: string;
  /** All kept choices of the project. */
  kept: Record<string, unknown>;
}

/** Ticks, and what fills the screen, are for the moment. */
const PASSING = ["selected", "panel"];

export function viewOf(location: string, search: string, kept: Record<string, unknown>): SavedView {
  const params = new URLSearchParams(search);
  for (const name of PASSING) params.delete(name);
  // By its steps: an address that was typed may be encoded otherwise than our own.
  const page = location.split("/").slice(3).join("/");
  return { page, search: params.toString(), kept };
}

/** Where a view leads; always inside its project, whoever has written it. */
export function addressOf(path: ProjectPath, content: Record<string, unknown>): string {
  const page = typeof content.page === "string" ? content.page : "";
  const steps = page.split("/").filter((step) => step !== "" && step !== "." && step !== "..");
  const search = typeof content.search === "string" && content.search !== "" ? `?${content.search}` : "";
  return [projectPath(path.entity, path.project), ...steps].join("/") + search;
}
