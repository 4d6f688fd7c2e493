import { useMemo } from "react";
import { SHARED } from "../../api/base";
import type { RunsSnapshot } from "../../api/runCollection";
import type { Sweep } from "../../api/types";
import { useShortcut } from "../../app/useShortcut";
import { EmptyState } from "../../components/EmptyState";
import { RunsBar } from "../../components/RunsBar/RunsBar";
import { RunsTable } from "../../components/RunsTable/RunsTable";
import { MARK } from "../../components/screen";
import { searchSpace } from "../../lib/searchSpace";
import { useMedia } from "../../lib/useMedia";
import { PANEL } from "../../panels/panels";
import { useKept } from "../../view/kept";
import { useMayWrite } from "../../view/MayWrite";
import page from "../Page.module.css";
import { SavedViews } from "../views/SavedViews";
import styles from "./RunsTab.module.css";
import { SweepCharts } from "./SweepCharts";

interface Props {
  sweep: Sweep;
  snapshot: RunsSnapshot;
  retry: () => void;
}

/** The heart of the page: which runs, the metric in time, its curves, and every run. */
export function RunsTab({ sweep, snapshot, retry }: Props) {
  const mayWrite = useMayWrite();
  useShortcut("ctrl+j", goAcross);
  const notes = useMemo(
    () =>
      new Map(
        searchSpace(sweep.config).flatMap(({ name, kind, values }) =>
          kind === "derived" ? [[`param:${name}`, `computed, ${values}`] as const] : [],
        ),
      ),
    [sweep.config],
  );
  const hidden = useMemo(() => (isExplained(sweep) ? ["sweep"] : ["sweep", "why"]), [sweep]);
  const hasEnded = sweep.state === "FINISHED" || sweep.state === "CANCELED";
  // Without an answer the table says why; charts would wait for ever.
  const nothing = snapshot.runs.length === 0 && (snapshot.complete || snapshot.error !== null);
  const hasRoom = useMedia("(min-width: 1100px)") && !nothing;
  const [atSide, setAtSide] = useKept(`${sweep.entity}/${sweep.project}`, "runs at the left", false);
  useShortcut("l", () => hasRoom && setAtSide(!atSide));
  return (
    <>
      {!nothing && <RunsBar>{SHARED === null && <SavedViews />}</RunsBar>}
      <div className={hasRoom && atSide ? styles.side : page.page}>
        {!nothing && (
          <div className={`${page.page} ${styles.charts}`}>
            <SweepCharts sweep={sweep} loading={!snapshot.complete} />
          </div>
        )}
        <div className={styles.runs}>
          <RunsTable
            side={hasRoom ? atSide : undefined}
            setSide={setAtSide}
            snapshot={snapshot}
            retry={retry}
            sweep={sweep.id}
            hidden={hidden}
            notes={notes}
            bestId={sweep.best?.id}
            empty={
              <EmptyState title="No runs yet">
                {mayWrite && (
                  <p>
                    {hasEnded
                      ? "The sweep ended before its first run. Resume it, then start an agent with the command above."
                      : "Runs are made by agents. Start one with the command above, where your program is, on as many machines as you like."}
                  </p>
                )}
                <p>The first run appears here by itself.</p>
              </EmptyState>
            }
          />
        </div>
      </div>
    </>
  );
}

/** From the charts to the table of runs, and back. */
function goAcross(): void {
  const table = document.querySelector<HTMLElement>("[role=region][aria-label=Runs]");
  const chart = document.querySelector<HTMLElement>(`[${MARK}] button, [${PANEL}] button`);
  const goal = table?.contains(document.activeElement) ? chart : table;
  goal?.focus();
  goal?.scrollIntoView({ block: "nearest" });
}

/** A grid is walked and random points are drawn: one word says it of all runs, unless some were chosen otherwise. */
const isExplained = ({ method, config }: Sweep): boolean =>
  (method !== "grid" && method !== "random") ||
  config.repeat !== undefined ||
  config.start_with !== undefined;
