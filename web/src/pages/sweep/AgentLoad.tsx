import { useQueries } from "@tanstack/react-query";
import { type ProjectPath, runSystemQuery } from "../../api/queries";
import type { Agent, SystemCurve } from "../../api/types";
import { latestLoad } from "./latestLoad";

/** Of a whole run as few as the server gives: only its last moment is shown. */
const POINTS = 8;
const INTERVAL = 10_000;
/** An agent with more slots than this says enough by these. */
const MOST = 8;

/** How busy the machine is by what its runs last measured; a dash where none did. */
export function AgentLoad({ path, agent }: { path: ProjectPath; agent: Agent }) {
  const { entity, project } = path;
  const load = useQueries({
    queries: (agent.run_ids ?? []).slice(0, MOST).map((run) => ({
      ...runSystemQuery({ entity, project }, run, POINTS),
      refetchInterval: INTERVAL,
    })),
    combine: (answers) =>
      latestLoad(answers.flatMap(({ data }): readonly SystemCurve[] => data?.curves ?? [])),
  });
  return load === "" ? "–" : load;
}
