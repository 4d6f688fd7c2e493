import { useMemo } from "react";
import type { Run, Sweep } from "../../api/types";
import { Nothing } from "../../charts/Nothing";
import { Card } from "../../components/Card";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { valueAt } from "../../lib/params";
import { useRunView } from "../../view/RunView";
import { holdsMedia } from "../run/media/mediaValues";
import { useKeptText } from "../sweep/panelSettings";
import { useFirstRuns } from "../sweep/useFirstRuns";
import { RunsMedia } from "./RunsMedia";
import { MOST_RUNS, mediaOfRuns } from "./runsMedia";

interface Props {
  sweep: Sweep;
  /** Where the choice is kept, and what it is kept under there. */
  place: string;
  name?: string;
  /** Said elsewhere, so that there is no choice here; empty for the first that there is. */
  wanted?: string;
  height: number;
  loading?: boolean;
}

/** What the ticked runs, or else the best, have logged under one key: images, sounds, films and the like, side by side. */
export default function RunsMediaPanel({ sweep, place, name = "", wanted, height, loading = false }: Props) {
  const { drawn } = useRunView();
  const [kept, choose] = useKeptText(place, name);
  const media = useMemo(() => mediaOfRuns(drawn), [drawn]);
  const names = [...media.keys()];
  const asked = wanted ?? kept;
  const key = media.has(asked) || wanted ? asked : (names[0] ?? "");
  const keys = media.get(key);
  const has = (run: Run) => keys !== undefined && holdsMedia(valueAt(run.summary, key));
  const { runs, which } = useFirstRuns(sweep, MOST_RUNS, has);
  return (
    <Card
      title={key === "" ? "Media" : key}
      aside={
        <>
          {runs.length > 0 && (
            <span title={`${MOST_RUNS} runs at most; tick others in the table to see them.`}>
              the {which} {runs.length}
            </span>
          )}
          {wanted === undefined && names.length > 1 && (
            <Select label="Key" options={names.map((one) => [one, one])} value={key} onChange={choose} />
          )}
        </>
      }
    >
      {keys !== undefined && runs.length > 0 ? (
        <RunsMedia key={key} path={sweep} runs={runs} place={keys} height={height} />
      ) : loading ? (
        <Skeleton height={height} />
      ) : (
        <Nothing height={height}>
          {"No run to show has logged an image, a sound or the like. "}
          <code>{'run.log({"prediction": besom.Image(pixels)})'}</code>
        </Nothing>
      )}
    </Card>
  );
}
