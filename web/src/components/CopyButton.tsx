import { useEffect, useState } from "react";
import { copyText } from "../lib/copy";
import styles from "./CopyButton.module.css";

/**
 * Puts `text` on the clipboard and says so for a moment. `what`: of what it is, for who cannot see it. `className`: where
 * it stands and its border.
 */
export function CopyButton({
  text,
  what,
  className,
}: {
  text: string;
  what: string;
  className: string | undefined;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={`${styles.copy} ${className}`}
      aria-label={`Copy: ${what}`}
      onClick={async () => setCopied(await copyText(text))}
    >
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
    </button>
  );
}
