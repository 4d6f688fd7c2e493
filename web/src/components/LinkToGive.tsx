import { CopyCommand } from "./CopyCommand";
import styles from "./LinkToGive.module.css";

/** An address that the server has made, for somebody else, as this browser reaches it: a proxy may stand between. */
export function LinkToGive({ url, secret = false }: { url: string; secret?: boolean }) {
  const { pathname, search, hash } = new URL(url);
  return (
    <>
      <CopyCommand command={window.location.origin + pathname + search + hash} />
      {secret && <p className={styles.soft}>It is shown this once. Copy it now.</p>}
      {isOwnMachine(window.location.hostname) && (
        <p className={styles.soft}>The address is one of this machine: others cannot reach it.</p>
      )}
    </>
  );
}

const isOwnMachine = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || host.startsWith("127.");
