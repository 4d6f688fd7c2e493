import type { Run, RunsChanged } from "../../api/types";
import { plural } from "../../lib/format";
import styles from "./RunTasks.module.css";

interface Props {
  told: RunsChanged;
  runs: readonly Run[];
  /** In the past tense. */
  what: string;
}

/** The runs with which something could not be done, and why. */
export function Refused({ told: { refused, reasons }, runs, what }: Props) {
  if (refused === 0) return null;
  const names = new Map(runs.map(({ id, name }) => [id, name]));
  return (
    <>
      <p>
        {plural(refused, "run")} could not be {what}:
      </p>
      <ul className={styles.refused}>
        {reasons.map(({ run, reason }) => (
          <li key={run}>
            <strong>{names.get(run) ?? run}</strong> {reason}
          </li>
        ))}
      </ul>
    </>
  );
}
