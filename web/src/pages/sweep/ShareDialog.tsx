import { type UseQueryResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { components } from "../../api/schema";
import { endLink, makeLink, sweepLinkQuery } from "../../api/sweepLink";
import type { Sweep } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog, DialogButtons } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { LinkToGive } from "../../components/LinkToGive";
import { Skeleton } from "../../components/Skeleton";
import { Ago } from "../../components/Time";
import styles from "./ShareDialog.module.css";

type SweepLink = components["schemas"]["SweepLink"];

interface Props {
  sweep: Sweep;
  link: UseQueryResult<SweepLink>;
  close: () => void;
}

const DONE = { on: "There is a link now", off: "The link is switched off", renewed: "The link is replaced" };

/** Lets anyone who has a link read the sweep; says first what they would see. */
export default function ShareDialog({ sweep, link, close }: Props) {
  const queries = useQueryClient();
  const { queryKey } = sweepLinkQuery(sweep.id);
  const change = useMutation({
    mutationFn: async (to: "on" | "off" | "renewed") => {
      if (to === "off") await endLink(sweep.id);
      else await makeLink(sweep.id, to === "renewed");
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const error = change.error ?? link.error;
  const busy = change.isPending || link.data === undefined;
  const isOn = link.data?.url != null;
  const row = useRef<HTMLDivElement>(null);
  const make = useRef<HTMLButtonElement>(null);
  const isDone = change.isSuccess || change.isError;
  useEffect(() => {
    // The button that was pressed is gone or was shut: on to the one that copies the link, or makes one.
    if (isDone) (row.current?.querySelector("button") ?? make.current)?.focus();
  }, [isDone]);
  return (
    <Dialog title="Share this sweep" width={520} onClose={close}>
      <div className={styles.words}>
        <p>
          Anyone who has the link can look at this sweep, live and without signing in, and change nothing.
        </p>
        <div ref={row} className={styles.link}>
          {link.data === undefined ? <Skeleton height={28} /> : <Link link={link.data} />}
        </div>
        <p>
          <strong>They see</strong> the sweep with its configuration, notes, events and agents, and its runs
          with all that they have: parameters, results, charts, command lines, host and user names, logs,
          media and files. Make sure that no password or key is among them.
        </p>
        <p>
          <strong>They do not see</strong> other sweeps and runs, the project's reports and views, or the
          source files that the sweep was created with.
        </p>
      </div>
      <p className="visually-hidden" role="status">
        {change.isSuccess && DONE[change.variables]}
      </p>
      {error !== null && <ErrorNote error={error} />}
      <DialogButtons>
        {isOn && (
          <>
            <Button look="danger" disabled={busy} onClick={() => change.mutate("off")}>
              Switch off
            </Button>
            <Button
              disabled={busy}
              title="The link that there is ends at once"
              onClick={() => change.mutate("renewed")}
            >
              Replace the link
            </Button>
          </>
        )}
        {!isOn && (
          <Button ref={make} look="primary" disabled={busy} onClick={() => change.mutate("on")}>
            Make a link
          </Button>
        )}
        <Button onClick={close}>Close</Button>
      </DialogButtons>
    </Dialog>
  );
}

/** As tall with a link as without. */
function Link({ link: { url, creator, created } }: { link: SweepLink }) {
  if (url === null) return <p className={styles.soft}>There is no link now.</p>;
  return (
    <>
      <LinkToGive url={url} />
      <p className={styles.soft}>
        Made by {creator}, {created !== null && <Ago time={created} />}
      </p>
    </>
  );
}
