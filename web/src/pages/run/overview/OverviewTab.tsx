import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useInvalidate } from "../../../api/LiveProvider";
import { runEventsQuery, runQuery, sweepQuery } from "../../../api/queries";
import { describeRun } from "../../../api/runChanges";
import type { Run } from "../../../api/types";
import { Card } from "../../../components/Card";
import { EventList } from "../../../components/EventList";
import { KeyValues } from "../../../components/KeyValues";
import { Notes } from "../../../components/Notes";
import { flatten } from "../../../lib/params";
import { holdsMedia } from "../media/mediaValues";
import type { TabProps } from "../RunPage";
import { aboutRun } from "./about";
import styles from "./OverviewTab.module.css";
import { RunArtifacts } from "./RunArtifacts";
import { SweepParams } from "./SweepParams";
import { StoppedCard, WhyCard } from "./WhyCards";

/** Without the keys that besom adds by itself, and without media, which have a tab of their own. */
const numbersAndWords = (summary: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(summary).filter(([key, value]) => !key.startsWith("_") && !holdsMedia(value)),
  );

/** What the program says of its configuration that is not said by the parameters that it was handed. */
function ownConfig({ config, params }: Pick<Run, "config" | "params">): Map<string, unknown> {
  const handed = flatten(params ?? {});
  return new Map([...flatten(config)].filter(([key, value]) => !Object.is(handed.get(key), value)));
}

/** What went in, what came out, where it ran. */
export function OverviewTab({ path, run, details, changed }: TabProps) {
  const queries = useQueryClient();
  const eventsQuery = runEventsQuery(path, run.id);
  const sweeps = useQuery({ ...sweepQuery(run.sweep_id ?? ""), enabled: run.sweep_id !== null });
  const sweep = sweeps.data;
  const events = useQuery(eventsQuery).data?.events ?? [];
  useInvalidate(eventsQuery.queryKey, changed, 1_000);
  const config = useMemo(() => ownConfig(run), [run]);
  const { program, machine, git } = aboutRun(run, details.about);
  return (
    <>
      <div className={styles.cards}>
        <div className={styles.stack}>
          {run.why !== null && Object.keys(run.why).length > 0 && (
            <WhyCard
              path={path}
              run={run}
              metric={sweep?.metric ?? null}
              why={run.why}
              loading={run.sweep_id !== null && sweeps.isPending}
            />
          )}
          {run.stopped != null && <StoppedCard stopped={run.stopped} isOver={run.ended !== null} />}
          <Notes
            text={run.notes ?? ""}
            draftName={`notes/${run.entity}/${run.project}/${run.id}`}
            placeholder="What this run was to show, and what it showed."
            save={async (notes) => {
              const changed = await describeRun(path, run.id, notes);
              queries.setQueryData(runQuery(path, run.id).queryKey, changed);
            }}
          />
          <Card title="Summary">
            <KeyValues values={flatten(numbersAndWords(run.summary))} />
          </Card>
        </div>
        <div className={styles.stack}>
          {run.params !== null && <SweepParams params={run.params} sweep={sweep} />}
          {(run.params === null || config.size > 0) && (
            <Card title="Configuration">
              <KeyValues values={config} />
            </Card>
          )}
          <RunArtifacts path={path} run={run} changed={changed} />
        </div>
        <div className={styles.stack}>
          <Card title="Program">
            <KeyValues values={new Map(program)} />
          </Card>
          {machine.length > 0 && (
            <Card title="Machine">
              <KeyValues values={new Map(machine)} />
            </Card>
          )}
          {git.length > 0 && (
            <Card title="Code">
              <KeyValues values={new Map(git)} />
            </Card>
          )}
        </div>
      </div>
      {events.length > 0 && (
        <Card title="What happened">
          <EventList events={events} runOf={() => run} />
        </Card>
      )}
    </>
  );
}
