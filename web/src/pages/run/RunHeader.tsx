import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { type ProjectPath, runQuery, sweepQuery } from "../../api/queries";
import { stopRun } from "../../api/runChanges";
import type { Run, RunDetails } from "../../api/types";
import { runPath, sweepPath } from "../../app/routes";
import { ConfirmButton } from "../../components/ConfirmButton";
import { Facts } from "../../components/Facts";
import { Menu } from "../../components/Menu";
import { PageHeader, Remark } from "../../components/PageHeader";
import { mayRunAgain } from "../../components/RunTasks/possible";
import { RunDialog, type Task } from "../../components/RunTasks/RunDialog";
import { StatePill, stateOf } from "../../components/StateIcon";
import { DotsIcon } from "../../components/signs";
import { Ago, At, Counting } from "../../components/Time";
import { formatCount, formatDuration } from "../../lib/format";
import { ACTIVE } from "../../lib/progress";
import { useMayWrite } from "../../view/MayWrite";
import { realName } from "../../view/ownNames";
import styles from "./RunPage.module.css";
import { RunSteps } from "./RunSteps";

interface Props {
  path: ProjectPath;
  run: Run;
  /** Undefined until they are known. */
  details: RunDetails | undefined;
}

export function RunHeader({ path, run, details }: Props) {
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const stop = useMutation({
    mutationFn: () => stopRun(path, run.id),
    onSuccess: (changed) => queries.setQueryData(runQuery(path, run.id).queryKey, changed),
  });
  const [task, setTask] = useState<Task | null>(null);
  const begin = (kind: Task["kind"]) => () => setTask({ kind, runs: [run] });
  const close = () => {
    setTask(null);
    void queries.invalidateQueries({ queryKey: runQuery(path, run.id).queryKey });
  };
  const [search] = useSearchParams();
  const words = search.size === 0 ? "" : `?${search}`;
  const [, navigate] = useLocation();
  const { sweep_id, started, ended } = run;
  const sweep = useQuery({ ...sweepQuery(sweep_id ?? ""), enabled: sweep_id !== null });
  return (
    <PageHeader
      name={run.name}
      beside={
        <>
          {run.name !== realName(run) && <Remark>{realName(run)} for everybody else</Remark>}
          <StatePill state={stateOf(run)} />
          <Remark>{run.stopped != null && ACTIVE.includes(run.state) ? "told to stop" : run.reason}</Remark>
        </>
      }
      actions={
        <>
          <RunSteps path={path} run={run} />
          {mayWrite && ACTIVE.includes(run.state) && (
            <ConfirmButton
              name="Stop run"
              question="Stop this run?"
              explanation="Its program is asked to end and counts as killed. The sweep and the agent go on with the next run."
              act={() => stop.mutateAsync()}
            />
          )}
          <Menu
            label="Actions of this run"
            name={<DotsIcon />}
            look="plain"
            items={() => {
              const rename = { name: "Rename…", act: begin("rename") };
              if (!mayWrite) return [rename];
              return [
                rename,
                { name: "Tags…", act: begin("tags") },
                null,
                ...(mayRunAgain(run) ? [{ name: "Run again…", act: begin("again") }] : []),
                { name: "Delete…", act: begin("delete"), danger: true },
              ];
            }}
          />
        </>
      }
    >
      {task !== null && (
        <RunDialog
          {...{ task, words, close }}
          open={(id) => navigate(runPath({ ...path, id }) + words, { replace: true })}
        />
      )}
      <div className={styles.panel}>
        <Facts
          facts={[
            [
              "Sweep",
              sweep_id !== null && (
                <Link href={sweepPath({ ...path, id: sweep_id })}>{sweep.data?.name ?? sweep_id}</Link>
              ),
            ],
            ["User", run.creator],
            ["Created", <Ago key="created" time={run.created} />],
            [
              "Duration",
              started !== null &&
                (ended === null ? <Counting since={started} /> : formatDuration(run.duration)),
            ],
            ["Steps", formatCount(run.steps)],
            ["Exit code", run.exit_code !== null && exitWords(run.exit_code)],
            ["Host", run.host],
            [
              "Agent",
              sweep_id !== null && details?.agent != null && (
                <Link href={`${sweepPath({ ...path, id: sweep_id })}?tab=agents`}>{details.agent}</Link>
              ),
            ],
            [
              "Last heard of",
              ended === null && run.heartbeat !== null && <Ago key="heard" time={run.heartbeat} />,
            ],
            [
              "Lease",
              details?.lease != null && (
                <span title="Each sign of life from its program or agent makes it longer; without one until then the run counts as crashed.">
                  until <At time={details.lease} />
                </span>
              ),
            ],
            ["Group", run.group],
            ["Tags", run.tags.length > 0 && <Tags tags={run.tags} />],
          ]}
        />
      </div>
    </PageHeader>
  );
}

const Tags = ({ tags }: { tags: string[] }) => (
  <span className={styles.tags}>
    {tags.map((tag) => (
      <span key={tag}>{tag}</span>
    ))}
  </span>
);

/** Of a program that a signal ended there is no other code. */
const exitWords = (code: number): string => (code < 0 ? `signal ${-code}` : String(code));
