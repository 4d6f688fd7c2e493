import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense, useState } from "react";
import type { components } from "../api/schema";
import { lazy } from "../lib/lazy";
import { Button } from "./Button";
import { LinkIcon } from "./signs";

const ShareDialog = lazy(() => import("./ShareDialog"));

type SweepLink = components["schemas"]["SweepLink"];

/** Something that a link lets anyone read. */
export interface Shared {
  what: "sweep" | "report";
  /** Its link. */
  // biome-ignore lint/suspicious/noExplicitAny: keys of queries differ
  query: UseQueryOptions<SweepLink, Error, SweepLink, any>;
  /** With `renew` the link that there is ends, and another one takes its place. */
  make: (renew: boolean) => Promise<SweepLink>;
  end: () => Promise<unknown>;
  /** What readers see, and what they do not. */
  words: ReactNode;
}

/** Says whether anyone may read it, and opens the dialog that lets them. */
export function ShareControl(shared: Shared) {
  const link = useQuery(shared.query);
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
      <Suspense>{open && <ShareDialog {...shared} link={link} close={() => setOpen(false)} />}</Suspense>
    </>
  );
}
