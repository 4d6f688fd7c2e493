import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { acceptInvitation, invitationQuery } from "../../api/accounts";
import { isAway } from "../../api/errors";
import { viewerQuery } from "../../api/queries";
import { Button } from "../../components/Button";
import { CopyCommand } from "../../components/CopyCommand";
import { ErrorNote } from "../../components/ErrorNote";
import { formatTime } from "../../lib/format";
import { useTitle } from "../../lib/useTitle";
import { EntryPage } from "../EntryPage";
import SignInPage from "../SignInPage";
import signIn from "../SignInPage.module.css";
import { roleName } from "./roles";

/** Where an invitation leads: whoever is signed in joins the team; anybody else makes an account first. */
export default function JoinPage() {
  useTitle("Invitation");
  const queries = useQueryClient();
  // Behind the #, so that it is in no log of any server.
  const [secret] = useState(() => window.location.hash.slice(1));
  const [name, setName] = useState("");
  const [hasAccount, setHasAccount] = useState(false);
  const invitation = useQuery(invitationQuery(secret));
  const viewer = useQuery({ ...viewerQuery, retry: false });
  const accept = useMutation({
    mutationFn: () => acceptInvitation(secret, viewer.data === undefined ? name.trim() : null),
    onSuccess: ({ key }) => {
      if (key === null) window.location.assign("/");
      else void queries.invalidateQueries({ queryKey: viewerQuery.queryKey });
    },
  });
  if (accept.data !== undefined)
    return (
      <EntryPage title={`Welcome to ${accept.data.team}`}>
        {accept.data.key !== null && (
          <>
            <p>
              This browser is signed in as {accept.data.viewer.name}. Your programs, and your other browsers,
              sign in with this key. It is shown this once: keep it.
            </p>
            <CopyCommand command={accept.data.key} />
            <p className={signIn.soft}>On a machine where you train, this asks for it:</p>
            <CopyCommand command={`besom login --host ${window.location.origin}`} />
          </>
        )}
        <a href="/">To the projects</a>
      </EntryPage>
    );
  // A server that was busy, or not reached, has neither refused the invitation nor said that nobody is signed in.
  const unanswered = [invitation, viewer].filter(({ data, error }) => data === undefined && isAway(error));
  if (unanswered[0]?.error != null)
    return (
      <EntryPage title="Invitation">
        <ErrorNote
          error={unanswered[0].error}
          retry={() => void Promise.all(unanswered.map((one) => one.refetch()))}
        />
      </EntryPage>
    );
  if (invitation.error !== null)
    return (
      <EntryPage title="This invitation does not work">
        <ErrorNote error={invitation.error} />
        <a href="/">To the projects</a>
      </EntryPage>
    );
  if (invitation.data === undefined || viewer.isPending) return null;
  if (hasAccount && viewer.data === undefined) return <SignInPage />;
  const { team, role, invited_by, expires } = invitation.data;
  return (
    <EntryPage title={`Join ${team}`}>
      <p>
        {invited_by} invites you to the team {team}, as {roleName(role).toLowerCase()}.
      </p>
      <form
        className={signIn.form}
        onSubmit={(event) => {
          event.preventDefault();
          accept.mutate();
        }}
      >
        {viewer.data === undefined ? (
          <>
            <label htmlFor="name">Your name here</label>
            <input
              id="name"
              className={signIn.input}
              autoComplete="username"
              spellCheck={false}
              placeholder="ann"
              value={name}
              onChange={(event) => setName(event.target.value)}
              required
            />
            <p className={signIn.soft}>
              Others see it at what you do. There is no password: you will get a key.
            </p>
          </>
        ) : (
          <p>You are signed in as {viewer.data.name}.</p>
        )}
        {accept.error !== null && <ErrorNote error={accept.error} />}
        <Button look="primary" type="submit" busy={accept.isPending}>
          {viewer.data === undefined ? "Make my account and join" : `Join ${team}`}
        </Button>
        {viewer.data === undefined && (
          <Button look="ghost" onClick={() => setHasAccount(true)}>
            I have an account here
          </Button>
        )}
      </form>
      <p className={signIn.soft}>The invitation is good until {formatTime(expires)}.</p>
    </EntryPage>
  );
}
