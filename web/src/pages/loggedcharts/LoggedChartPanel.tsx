import { useMemo } from "react";
import type { Sweep } from "../../api/types";
import { useRunView } from "../../view/RunView";
import { FirstRunsCard } from "../sweep/FirstRunsCard";
import { useKeptText } from "../sweep/panelSettings";
import { useFirstRuns } from "../sweep/useFirstRuns";
import { LoggedChart } from "./LoggedChart";
import { askedTable, loggedTables, tableOf, titleOfTable } from "./loggedTables";
import { MOST_RUNS } from "./overlaid";

interface Props {
  sweep: Sweep;
  /** Where the choice is kept, and what it is kept under there. */
  place: string;
  name?: string;
  /** Said elsewhere, so that there is no choice here: a key or a title; empty for the first that there is. */
  wanted?: string;
  height: number;
  loading?: boolean;
}

/** A chart that the program logs (`plot.roc_curve`, any table) of the ticked runs, or else of the best, in one. */
export default function LoggedChartPanel({
  sweep,
  place,
  name = "",
  wanted,
  height,
  loading = false,
}: Props) {
  const { drawn } = useRunView();
  const [kept, choose] = useKeptText(place, name);
  const tables = useMemo(() => loggedTables(drawn), [drawn]);
  const [key, title] = askedTable(tables, wanted ?? kept, Boolean(wanted));
  const shown = useFirstRuns(sweep, MOST_RUNS, (run) => tableOf(run, key) !== undefined);
  return (
    <FirstRunsCard
      title={titleOfTable(title)}
      shown={shown}
      label="Chart"
      options={tables}
      value={key}
      choose={wanted === undefined ? choose : undefined}
      height={height}
      loading={loading}
      nothing={
        <>
          {"No run to show has logged a chart. "}
          <code>{'run.log({"roc": besom.plot.roc_curve(truth, probabilities)})'}</code>
        </>
      }
    >
      <LoggedChart key={key} path={sweep} runs={shown.runs} name={key} height={height} />
    </FirstRunsCard>
  );
}
