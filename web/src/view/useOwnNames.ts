import { useMemo } from "react";
import type { Run } from "../api/types";
import { fitted, keptEverywhere, useKept } from "./kept";
import { type OwnNames, ownName, renamer } from "./ownNames";

const NONE: OwnNames = {};
const NAMES = "names";

/**
 * The names that are kept for a project: `entity/project`. Not among its other choices, so that no view tells others of
 * them, and none of theirs takes them away.
 */
const useOwnNames = (place: string) => useKept<OwnNames>(`~${place}`, NAMES, NONE);

/** The names that are kept now, by project: `entity/project`. */
export const allOwnNames = (): ReadonlyMap<string, OwnNames> =>
  new Map(
    [...keptEverywhere(NAMES)]
      .filter(([place]) => place.startsWith("~"))
      .map(([place, names]) => [place.slice(1), fitted(names, NONE) as OwnNames]),
  );

/** The runs of a project under the names that the reader has given them, and those names. */
export function useRenamed(place: string, runs: readonly Run[]): [runs: readonly Run[], names: OwnNames] {
  const [names] = useOwnNames(place);
  const rename = useMemo(() => renamer(names), [names]);
  return [useMemo(() => (names === NONE ? runs : rename(runs)), [names, rename, runs]), names];
}

/** The reader's own name of one run, and how to give it; an empty one takes it away. */
export function useOwnName(
  place: string,
  id: string,
): [name: string | undefined, set: (name: string) => void] {
  const [names, keep] = useOwnNames(place);
  const own = ownName(names, id);
  const set = (name: string) => {
    const { [id]: _, ...others } = names;
    if (name !== (own ?? "")) keep(name === "" ? others : { ...others, [id]: name });
  };
  return [own, set];
}
