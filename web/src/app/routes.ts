/** Addresses of the pages; the server prints the same ones. */
import { formatIds } from "../lib/ids";

const join = (...parts: string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;

export const projectPath = (entity: string, project: string) => join(entity, project);
export const projectRunsPath = (entity: string, project: string) => join(entity, project, "runs");
export const projectImportancePath = (entity: string, project: string) => join(entity, project, "importance");
export const projectViewsPath = (entity: string, project: string) => join(entity, project, "views");
export const viewPath = (of: { entity: string; project: string; id: string }) =>
  join(of.entity, of.project, "views", of.id);
/** Beside each other, more columns than these can no longer be compared. */
export const MOST_COMPARED = 50;
export const comparePath = (of: { entity: string; project: string }, runs: readonly string[]) =>
  `${join(of.entity, of.project, "compare")}?runs=${encodeURIComponent(formatIds(runs))}`;
export const compareSweepsPath = (of: { entity: string; project: string }, sweeps: readonly string[]) =>
  `${join(of.entity, of.project, "compare")}?sweeps=${encodeURIComponent(formatIds(sweeps))}`;
export const reportsPath = (of: { entity: string; project: string }) =>
  join(of.entity, of.project, "reports");
export const reportPath = (of: { entity: string; project: string; id: string }) =>
  join(of.entity, of.project, "reports", of.id);
export const artifactsPath = (of: { entity: string; project: string }) =>
  join(of.entity, of.project, "artifacts");
/** Without a version: the newest. */
export const artifactPath = (of: { entity: string; project: string; name: string; version?: number }) =>
  join(of.entity, of.project, "artifacts", of.name) + (of.version === undefined ? "" : `:v${of.version}`);
/** `runs`: those to begin with, attached as prior runs. */
export const newSweepPath = (of: { entity: string; project: string }, runs: readonly string[] = []) =>
  join(of.entity, of.project, "new-sweep") +
  (runs.length === 0 ? "" : `?runs=${encodeURIComponent(formatIds(runs))}`);
export const sweepPath = (of: { entity: string; project: string; id: string }) =>
  join(of.entity, of.project, "sweeps", of.id);
export const runPath = (of: { entity: string; project: string; id: string }) =>
  join(of.entity, of.project, "runs", of.id);
