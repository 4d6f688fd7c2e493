import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { isStatus } from "../api/errors";
import { signInByLink } from "../api/queries";
import { Button } from "../components/Button";
import { ErrorNote } from "../components/ErrorNote";
import { useTitle } from "../lib/useTitle";
import { EntryPage } from "./EntryPage";
import styles from "./SignInPage.module.css";

const SPENT = new Error(
  "This link was used before, or is too old. Ask whoever sent it to you for another one.",
);
const CUT = new Error(
  "This link is not whole: what stands behind its # is missing. Open it as it was sent to you.",
);

/** Where a sign-in link leads that somebody was sent. What only looks at it, as mail programs do, does not spend it. */
export default function SignInLinkPage() {
  useTitle("Sign in");
  // Behind the #, so that it is in no log of any server.
  const [ticket] = useState(() => window.location.hash.slice(1));
  const attempt = useMutation({
    mutationFn: () => signInByLink(ticket),
    onSuccess: () => window.location.replace("/"),
  });
  const isSpent = isStatus(attempt.error, 401);
  const error = ticket === "" ? CUT : isSpent ? SPENT : attempt.error;
  return (
    <EntryPage title="Sign in">
      {error === null ? (
        <>
          <p>This link signs one browser in, once. There is no password.</p>
          <Button look="primary" busy={attempt.isPending} onClick={() => attempt.mutate()}>
            Sign in here
          </Button>
        </>
      ) : (
        <>
          {/* A server that was busy, or not reached, has not spent it. */}
          <ErrorNote error={error} retry={ticket === "" || isSpent ? undefined : attempt.mutate} />
          <p className={styles.soft}>Whoever has a key can sign in with it.</p>
          <a href="/">To the sign-in form</a>
        </>
      )}
    </EntryPage>
  );
}
