import { useMemo } from "react";
import type { Run, Sweep } from "../../api/types";
import { useRunView } from "../../view/RunView";
import { rankedRuns } from "../../view/rankedRuns";

const ALL = () => true;

/** The ticked runs, or else the best of those drawn: as many as can stand beside each other. `which` says which they are. */
export function useFirstRuns(
  { metric }: Pick<Sweep, "metric">,
  most: number,
  isMeant: (run: Run) => boolean = ALL,
): { runs: readonly Run[]; which: string } {
  const { all, matched, drawn, selected } = useRunView();
  const ticked = useMemo(() => all.filter(({ id }) => selected.has(id)), [all, selected]);
  // Once for all that may be drawn, so that a brush need not sort.
  const ranked = useMemo(() => rankedRuns(matched, metric), [matched, metric]);
  const first = useMemo(() => {
    const among = new Set(drawn);
    return ranked.filter((run) => among.has(run));
  }, [ranked, drawn]);
  const runs: Run[] = [];
  for (const run of ticked.length > 0 ? ticked : first) {
    if (runs.length === most) break;
    if (isMeant(run)) runs.push(run);
  }
  const ids = runs.map(({ id, version }) => `${id} ${version}`).join("\n");
  const which = ticked.length > 0 ? "ticked" : metric === null ? "newest" : "best";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same runs keep their list
  return useMemo(() => ({ runs, which }), [ids, which]);
}
