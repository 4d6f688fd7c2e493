/** Which media runs have logged, and what each shows at a step. Pure. */
import type { Run } from "../../api/types";
import { isTable, type Logged, mediaPlaces } from "../run/media/mediaValues";

/** Side by side; more could not be looked at together. */
export const MOST_RUNS = 10;
/** Of so many runs it is looked at what they have logged; programs of one sweep log alike. */
const MOST_LOOKED_AT = 200;

/** A place of media by its name; tables are charts and rows, which have a panel of their own. */
const placesOf = ({ summary }: Pick<Run, "summary">): [name: string, place: readonly string[]][] =>
  mediaPlaces(summary).flatMap(({ place, value }) => (isTable(value) ? [] : [[place.join("."), place]]));

/** Names of the places at which any of the runs has a medium, sorted, with the place. */
export function mediaOfRuns(runs: readonly Pick<Run, "summary">[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map(runs.slice(0, MOST_LOOKED_AT).flatMap(placesOf));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The name that is asked for; else the first, unless it must be that one; empty without any. */
export const askedMedia = (media: ReadonlyMap<string, unknown>, asked: string, must = false): string =>
  must || media.has(asked) ? asked : (media.keys().next().value ?? "");

export const titleOfMedia = (name: string): string => name || "Media";

/** The steps at which any of the runs has logged a medium, in their order. */
export function stepsOf(logged: readonly (readonly Logged[])[]): number[] {
  return [...new Set(logged.flatMap((own) => own.map(({ step }) => step)))].sort((a, b) => a - b);
}

/** What a run had logged last at a step: programs log at different ones. Undefined before its first. */
export const loggedBy = (logged: readonly Logged[], step: number): Logged | undefined =>
  logged.findLast((one) => one.step <= step);
