import { useQuery } from "@tanstack/react-query";
import { Fragment, useMemo } from "react";
import { Link } from "wouter";
import { useInvalidate } from "../../api/LiveProvider";
import { agentLoadsQuery, sweepAgentsQuery } from "../../api/queries";
import type { Agent, Run, Sweep } from "../../api/types";
import { runPath } from "../../app/routes";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { RunName } from "../../components/RunName";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import { formatCount } from "../../lib/format";
import { useMayWrite } from "../../view/MayWrite";
import { AgentState } from "./AgentState";
import styles from "./AgentState.module.css";
import { latestLoad } from "./latestLoad";

const always = () => true;

/** Those that need somebody first, those that have left last, else by name. */
const inOrder = (agents: readonly Agent[]): Agent[] =>
  agents.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en", { numeric: true }));

const rank = ({ state, quarantined }: Agent): number => (state === "gone" ? 2 : quarantined == null ? 1 : 0);

/** Who works on the sweep, where, and how well it goes there. */
export default function AgentsTab({ sweep, runs }: { sweep: Sweep; runs: readonly Run[] }) {
  const mayWrite = useMayWrite();
  const query = sweepAgentsQuery(sweep.id);
  const agents = useQuery(query);
  useInvalidate(query.queryKey, always, 2_000);
  const busy = agents.data?.agents.some(({ run_ids = [] }) => run_ids.length > 0) ?? false;
  const loads = useQuery({ ...agentLoadsQuery(sweep.id), enabled: busy }).data?.loads;
  const columns = useMemo<DataColumn<Agent>[]>(() => {
    const names = new Map(runs.map((run) => [run.id, run.name]));
    return [
      { name: "Agent", cell: (agent) => <Who agent={agent} /> },
      { name: "State", wide: true, cell: (agent) => <AgentState agent={agent} mayRelease={mayWrite} /> },
      { name: "Since", cell: (agent) => <Ago time={agent.created} /> },
      { name: "Slots", cell: (agent) => `${agent.run_ids?.length ?? 0} of ${agent.slots ?? 1}` },
      { name: "GPU", cell: (agent) => agent.gpus?.join(", ") },
      {
        name: "Works on",
        cell: ({ run_ids = [] }) =>
          run_ids.map((id, i) => (
            <Fragment key={id}>
              {i > 0 && ", "}
              <Link href={runPath({ ...sweep, id })}>
                <RunName of={{ ...sweep, id, name: names.get(id) ?? id }} />
              </Link>
            </Fragment>
          )),
      },
      {
        name: "Use",
        // Its last load is that of a run that has ended.
        cell: ({ id, run_ids = [] }) => latestLoad(run_ids.length > 0 ? loads?.[id] : undefined),
      },
      { name: "Runs", number: true, cell: (agent) => formatCount(agent.run_count) },
      { name: "Failed", number: true, cell: (agent) => formatCount(agent.failed_count) },
      { name: "Last heard of", cell: (agent) => <Ago time={agent.heartbeat} /> },
    ];
  }, [runs, sweep, loads, mayWrite]);
  const rows = useMemo(() => inOrder(agents.data?.agents ?? []), [agents.data]);
  if (agents.isPending) return <Skeleton height={160} />;
  if (agents.data === undefined) return <ErrorNote error={agents.error} retry={agents.refetch} />;
  if (agents.data.agents.length === 0) {
    return (
      <EmptyState title="No agent has joined yet">
        {mayWrite && <p>Start one with the command above, where your program is.</p>}
      </EmptyState>
    );
  }
  return <DataTable label="Agents" columns={columns} rows={rows} rowKey={(agent) => agent.id} />;
}

/** Its name says where it works, unless it was given another one. */
function Who({ agent: { name, host, pid } }: { agent: Agent }) {
  if (name.includes(host)) return name;
  return (
    <>
      {name} <span className={styles.place}>{pid ? `process ${pid} on ${host}` : `on ${host}`}</span>
    </>
  );
}
