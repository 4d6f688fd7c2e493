import { type UseQueryResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { components } from "../api/schema";
import { Button } from "./Button";
import { Dialog, DialogButtons } from "./Dialog";
import { ErrorNote } from "./ErrorNote";
import { LinkToGive } from "./LinkToGive";
import type { Shared } from "./ShareControl";
import styles from "./ShareDialog.module.css";
import { Skeleton } from "./Skeleton";
import { Ago } from "./Time";

type SweepLink = components["schemas"]["SweepLink"];

interface Props extends Shared {
  link: UseQueryResult<SweepLink>;
  close: () => void;
}

const DONE = { on: "There is a link now", off: "The link is switched off", renewed: "The link is replaced" };

/** Lets anyone who has a link read something; says first what they would see. */
export default function ShareDialog({ what, make, end, query: { queryKey }, words, link, close }: Props) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async (to: "on" | "off" | "renewed") => {
      if (to === "off") await end();
      else await make(to === "renewed");
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const error = change.error ?? link.error;
  const isOn = link.data?.url != null;
  const row = useRef<HTMLDivElement>(null);
  const maker = useRef<HTMLButtonElement>(null);
  const isDone = change.isSuccess || change.isError;
  useEffect(() => {
    // The button that was pressed is gone or was shut: on to the one that copies the link, or makes one.
    if (isDone) (row.current?.querySelector("button") ?? maker.current)?.focus();
  }, [isDone]);
  return (
    <Dialog title={`Share this ${what}`} width={520} onClose={close}>
      <div className={styles.words}>
        <p>
          Anyone who has the link can look at this {what}, live and without signing in, and change nothing.
        </p>
        <div ref={row} className={styles.link}>
          {link.data === undefined ? <Skeleton height={28} /> : <Link link={link.data} />}
        </div>
        {words}
      </div>
      <p className="visually-hidden" role="status">
        {change.isSuccess && DONE[change.variables]}
      </p>
      {error !== null && <ErrorNote error={error} />}
      <DialogButtons>
        {isOn && (
          <>
            <Button look="danger" busy={change.isPending} onClick={() => change.mutate("off")}>
              Switch off
            </Button>
            <Button
              busy={change.isPending}
              title="The link that there is ends at once"
              onClick={() => change.mutate("renewed")}
            >
              Replace the link
            </Button>
          </>
        )}
        {!isOn && (
          <Button
            ref={maker}
            look="primary"
            disabled={link.data === undefined}
            busy={change.isPending}
            onClick={() => change.mutate("on")}
          >
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
