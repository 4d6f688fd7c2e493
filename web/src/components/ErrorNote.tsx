import { ApiError } from "../api/errors";
import { useSays } from "../api/lost";
import { Button } from "./Button";
import styles from "./ErrorNote.module.css";
import { WarningIcon } from "./signs";

interface Props {
  error: Error;
  retry?: () => unknown;
  /** Stands alone on the page. */
  page?: boolean;
}

/** What went wrong, in the server's words, with its hint and a way to try again. */
export function ErrorNote({ error, retry, page = false }: Props) {
  useSays(error);
  const hint = error instanceof ApiError ? error.hint : null;
  return (
    <div className={`${styles.note} ${page ? styles.page : ""}`} role="alert">
      <WarningIcon />
      <div className={styles.words}>
        <p>{error.message}</p>
        {hint !== null && <p className={styles.hint}>{hint}</p>}
      </div>
      {retry !== undefined && <Button onClick={() => void retry()}>Try again</Button>}
    </div>
  );
}
