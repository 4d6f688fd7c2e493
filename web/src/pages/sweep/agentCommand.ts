import type { Sweep } from "../../api/types";

/** What to type on any machine to help with this sweep. */
export const agentCommand = ({ entity, project, id }: Sweep): string =>
  `besom agent ${entity}/${project}/${id}`;
