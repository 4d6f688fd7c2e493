/** Runs that go on tell the ends of their curves; charts, which arrive after the page, say here that they want them. */
import type { ProjectPath } from "./queries";
import type { LatestPoints, Run } from "./types";

export interface CurveEnds {
  /** What is drawn. */
  keys: () => string[];
  /** `runs`: as they were when their `latest` points were read. */
  take: (latest: readonly LatestPoints[], runs: readonly Run[]) => void;
}

const wanted = new Map<string, CurveEnds>();

const nameOf = ({ entity, project }: ProjectPath): string => JSON.stringify([entity, project]);

export const wantCurveEnds = (path: ProjectPath, ends: CurveEnds): void =>
  void wanted.set(nameOf(path), ends);

/** Undefined while no chart of the project was ever there. */
export const curveEnds = (path: ProjectPath): CurveEnds | undefined => wanted.get(nameOf(path));
