import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isStatus } from "../api/errors";
import { signIn } from "../api/queries";
import { Button } from "../components/Button";
import { CopyCommand } from "../components/CopyCommand";
import { ErrorNote } from "../components/ErrorNote";
import { useTitle } from "../lib/useTitle";
import { EntryPage } from "./EntryPage";
import styles from "./SignInPage.module.css";

/** The server's own words are for who stands at a terminal. */
const refused = (error: Error): Error =>
  isStatus(error, 401) ? new Error("The server does not know this key. Is all of it there?") : error;

export default function SignInPage() {
  useTitle("Sign in");
  const [key, setKey] = useState("");
  const queries = useQueryClient();
  const spent = new URLSearchParams(window.location.search).get("ticket") === "spent";
  const attempt = useMutation({ mutationFn: signIn, onSuccess: () => queries.resetQueries() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate(key.trim());
  };
  return (
    <EntryPage title="Sign in">
      {spent && (
        <p role="status">
          The link that led here signs a browser in once, within 12 hours. It was used, or is older.
        </p>
      )}
      <p className={styles.soft}>On the machine that runs the server, this opens the page signed in:</p>
      <CopyCommand command="besom open" />
      <form className={styles.form} onSubmit={submit}>
        <label htmlFor="key">Or paste your key</label>
        <input
          id="key"
          className={styles.input}
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.target.value)}
          required
        />
        <p className={styles.soft}>
          It is in the file <code>key</code> of the server's besom folder, usually <code>~/.besom</code>.
        </p>
        {attempt.error !== null && <ErrorNote error={refused(attempt.error)} />}
        <Button look="primary" type="submit" busy={attempt.isPending}>
          Sign in
        </Button>
      </form>
    </EntryPage>
  );
}
