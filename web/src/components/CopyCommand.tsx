import { useEffect, useState } from "react";
import { copyText } from "../lib/copy";
import styles from "./CopyCommand.module.css";

/** A command to type in a terminal, with a button that copies it. */
export function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className={styles.command}>
      <code className={styles.code}>{command}</code>
      <button
        type="button"
        className={styles.copy}
        aria-label={`Copy: ${command}`}
        onClick={async () => setCopied(await copyText(command))}
      >
        <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      </button>
    </div>
  );
}
