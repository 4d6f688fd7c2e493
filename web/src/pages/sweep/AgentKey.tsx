import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { viewerQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { Button } from "../../components/Button";
import { lazy } from "../../lib/lazy";
import { agentCommand } from "./agentCommand";

const NewKeyDialog = lazy(() =>
  import("../account/NewKeyDialog").then(({ NewKeyDialog }) => ({ default: NewKeyDialog })),
);

/** Makes a key that is good for this sweep's agents alone. Who is in no team has no machines that others use too. */
export function AgentKey({ sweep }: { sweep: Sweep }) {
  const [open, setOpen] = useState(false);
  const teams = useQuery(viewerQuery).data?.teams ?? [];
  if (teams.length === 0) return null;
  return (
    <>
      <Button look="ghost" title="Make a key for this sweep's agents" onClick={() => setOpen(true)}>
        Make a key for agents
      </Button>
      <Suspense>
        {open && (
          <NewKeyDialog sweep={{ id: sweep.id, command: agentCommand(sweep) }} close={() => setOpen(false)} />
        )}
      </Suspense>
    </>
  );
}
