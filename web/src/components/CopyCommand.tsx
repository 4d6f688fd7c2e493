import { CopyButton } from "./CopyButton";
import styles from "./CopyCommand.module.css";

/** A command for a terminal, or a line of Python, with a button that copies it. */
export const CopyCommand = ({ command }: { command: string }) => (
  <div className={styles.command}>
    <code className={styles.code}>{command}</code>
    <CopyButton text={command} what={command} className={styles.copy} />
  </div>
);
