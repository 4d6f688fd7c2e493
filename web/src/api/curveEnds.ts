/** The curves of each project. Runs that go on tell them their ends; charts, which arrive after the page, make them here. */
import { LastUsed } from "../lib/lastUsed";
import type { CurveStore } from "./curveStore";
import type { ProjectPath } from "./queries";
import type { LatestPoints, Run } from "./types";

export interface CurveEnds {
  /** What is drawn. */
  keys: () => string[];
  /** `runs`: as they were when their `latest` points were read. */
  take: (latest: readonly LatestPoints[], runs: readonly Run[]) => void;
}

/** Projects; they outlive the page, so that going back shows the curves at once. */
const KEPT = 4;
const stores = new LastUsed<CurveStore>(KEPT);

const nameOf = ({ entity, project }: ProjectPath): string => JSON.stringify([entity, project]);

export const curvesOf = (path: ProjectPath, make: () => CurveStore): CurveStore =>
  stores.use(nameOf(path), make);

/** Undefined while no chart of the project was there, or none for long. */
export const curveEnds = (path: ProjectPath): CurveEnds | undefined => stores.peek(nameOf(path));
