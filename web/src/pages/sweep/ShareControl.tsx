import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";
import { useInvalidate } from "../../api/LiveProvider";
import type { Change } from "../../api/live";
import { sweepLinkQuery } from "../../api/sweepLink";
import type { Sweep } from "../../api/types";
import { Button } from "../../components/Button";
import { LinkIcon } from "../../components/signs";

const ShareDialog = lazy(() => import("./ShareDialog"));

const INTERVAL = 2_000;

/** Says whether anyone may read the sweep, and opens the dialog that lets them. */
export function ShareControl({ sweep }: { sweep: Sweep }) {
  const query = sweepLinkQuery(sweep.id);
  const link = useQuery(query);
  const mine = useCallback((change: Change) => change.kind === "sweep" && change.id === sweep.id, [sweep.id]);
  useInvalidate(query.queryKey, mine, INTERVAL);
  const [open, setOpen] = useState(false);
  const isShared = link.data?.url != null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        {isShared && <LinkIcon />}
        {isShared ? "Shared" : "Share"}
      </Button>
      <Suspense>{open && <ShareDialog sweep={sweep} link={link} close={() => setOpen(false)} />}</Suspense>
    </>
  );
}
