import { useMemo } from "react";
import type { Run, Sweep } from "../../api/types";
import { valueAt } from "../../lib/params";
import { useRunView } from "../../view/RunView";
import { holdsMedia } from "../run/media/mediaValues";
import { FirstRunsCard } from "../sweep/FirstRunsCard";
import { useKeptText } from "../sweep/panelSettings";
import { useFirstRuns } from "../sweep/useFirstRuns";
import { RunsMedia } from "./RunsMedia";
import { askedMedia, MOST_RUNS, mediaOfRuns, titleOfMedia } from "./runsMedia";

interface Props {
  sweep: Sweep;
  /** Where the choice is kept, and what it is kept under there. */
  place: string;
  name?: string;
  /** Said elsewhere, so that there is no choice here; empty for the first that there is. */
  wanted?: string;
  height: number;
  /** As high as what it holds, up to twice the height: nothing stands beside it. */
  alone?: boolean;
  loading?: boolean;
}

/** What the ticked runs, or else the best, have logged under one key: images, sounds, films and the like, side by side. */
export default function RunsMediaPanel(props: Props) {
  const { sweep, place, name = "", wanted, height, alone = false, loading = false } = props;
  const { drawn } = useRunView();
  const [kept, choose] = useKeptText(place, name);
  const media = useMemo(() => mediaOfRuns(drawn), [drawn]);
  const names = [...media.keys()];
  const key = askedMedia(media, wanted ?? kept, Boolean(wanted));
  const keys = media.get(key);
  const has = (run: Run) => keys !== undefined && holdsMedia(valueAt(run.summary, key));
  const shown = useFirstRuns(sweep, MOST_RUNS, has);
  return (
    <FirstRunsCard
      title={titleOfMedia(key)}
      shown={shown}
      hint={`${MOST_RUNS} runs at most; tick others in the table to see them.`}
      label="Key"
      options={names.map((one) => [one, one] as const)}
      value={key}
      choose={wanted === undefined ? choose : undefined}
      height={height}
      loading={loading}
      nothing={
        <>
          {"No run to show has logged an image, a sound or the like. "}
          <code>{'run.log({"prediction": besom.Image(pixels)})'}</code>
        </>
      }
    >
      {keys !== undefined && (
        <RunsMedia
          key={key}
          path={sweep}
          runs={shown.runs}
          place={keys}
          size={alone ? { maxHeight: 2 * height } : { height }}
        />
      )}
    </FirstRunsCard>
  );
}
