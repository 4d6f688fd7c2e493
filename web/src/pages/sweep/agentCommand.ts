import type { Sweep } from "../../api/types";
import { shellWord } from "../../lib/quoted";

/** What to type on any machine to help with this sweep. */
export const agentCommand = ({ entity, project, id }: Sweep): string =>
  `besom agent ${shellWord(`${entity}/${project}/${id}`)}`;
