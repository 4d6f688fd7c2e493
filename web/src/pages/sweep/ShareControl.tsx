import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { sweepLinkQuery } from "../../api/sweepLink";
import type { Sweep } from "../../api/types";
import { Button } from "../../components/Button";
import { LinkIcon } from "../../components/signs";

const ShareDialog = lazy(() => import("./ShareDialog"));

/** Says whether anyone may read the sweep, and opens the dialog that lets them. */
export function ShareControl({ sweep }: { sweep: Sweep }) {
  const link = useQuery(sweepLinkQuery(sweep.id));
  const [open, setOpen] = useState(false);
  const show = () => {
    void link.refetch(); // others may have changed it: too seldom to follow every change of a live sweep for it
    setOpen(true);
  };
  const isShared = link.data?.url != null;
  return (
    <>
      <Button onClick={show}>
        {isShared && <LinkIcon />}
        {isShared ? "Shared" : "Share"}
      </Button>
      <Suspense>{open && <ShareDialog sweep={sweep} link={link} close={() => setOpen(false)} />}</Suspense>
    </>
  );
}
