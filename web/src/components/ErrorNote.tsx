import { ApiError } from "../api/errors";
import { Button } from "./Button";
import styles from "./ErrorNote.module.css";

interface Props {
  error: Error;
  retry?: () => unknown;
  /** Stands alone on the page. */
  page?: boolean;
}

/** What went wrong, in the server's words, with its hint and a way to try again. */
export function ErrorNote({ error, retry, page = false }: Props) {
  const hint = error instanceof ApiError ? error.hint : null;
  return (
    <div className={`${styles.note} ${page ? styles.page : ""}`} role="alert">
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        <path d="M8 2 15 14H1z" strokeLinejoin="round" />
        <path d="M8 6.5v3.5M8 11.8v.4" strokeLinecap="round" />
      </svg>
      <div className={styles.words}>
        <p>{error.message}</p>
        {hint !== null && <p className={styles.hint}>{hint}</p>}
      </div>
      {retry !== undefined && <Button onClick={() => void retry()}>Try again</Button>}
    </div>
  );
}
