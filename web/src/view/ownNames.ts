/**
 * Names that a person gives runs for the own eyes. They stand in place of the real ones wherever runs are shown; the server,
 * files and everybody else keep those. Pure.
 */
import type { Run } from "../api/types";

/** By the id of a run. */
export type OwnNames = Readonly<Record<string, string>>;

interface Renamed extends Run {
  realName: string;
}

/** What everybody else calls a run. */
export const realName = (run: Run): string => (run as Partial<Renamed>).realName ?? run.name;

/** By which a run is found. */
export function namesOf(run: Run): readonly string[] {
  const real = realName(run);
  return real === run.name ? [real] : [run.name, real];
}

/** Both where there are two: `mine (amber-sweep-7)`. */
export const fullName = (run: Run): string => {
  const [name, real] = namesOf(run);
  return real === undefined ? run.name : `${name} (${real})`;
};

/** undefined where somebody has given none, also for what is no name, as storage of another version may hold. */
export function ownName(names: OwnNames, id: string): string | undefined {
  const name: unknown = Object.hasOwn(names, id) ? names[id] : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** What leads to a run. */
export interface RunPlace {
  entity: string;
  project: string;
  id: string;
}

/** The first runs whose own names hold a text, in small or capital letters. `names`: by place, `entity/project`. */
export function runsCalled(names: ReadonlyMap<string, OwnNames>, text: string, most: number): RunPlace[] {
  const wanted = text.toLowerCase();
  const runs = [...names].flatMap(([place, ofRuns]) => {
    const [entity = "", project = ""] = place.split("/");
    return Object.keys(ofRuns)
      .filter((id) => ownName(ofRuns, id)?.toLowerCase().includes(wanted))
      .map((id) => ({ entity, project, id }));
  });
  return runs.slice(0, most);
}

/** Puts the names on runs. One that is renamed is the same object each time; without any the list is the same too. */
export function renamer(names: OwnNames): (runs: readonly Run[]) => readonly Run[] {
  const known = new WeakMap<Run, Renamed>();
  const rename = (run: Run): Run => {
    const name = ownName(names, run.id);
    if (name === undefined || name === run.name) return run;
    const renamed = known.get(run) ?? { ...run, name, realName: run.name };
    known.set(run, renamed);
    return renamed;
  };
  return (runs) => {
    const shown = runs.map(rename);
    return shown.some((run, i) => run !== runs[i]) ? shown : runs;
  };
}
