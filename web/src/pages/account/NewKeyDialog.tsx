import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery, makeKey } from "../../api/accounts";
import { Check } from "../../components/Check";
import { CopyCommand } from "../../components/CopyCommand";
import { TaskDialog } from "../../components/RunTasks/TaskDialog";
import { Select } from "../../components/Select";
import styles from "./Account.module.css";
import { Made, NameField } from "./Field";

const LASTS: readonly (readonly [string, string])[] = [
  ["", "Until it is revoked"],
  ["1", "One day"],
  ["7", "One week"],
  ["30", "30 days"],
  ["365", "One year"],
];

interface Props {
  close: () => void;
  /** Makes a key that is good for this sweep's agents alone, with the command that uses it. */
  sweep?: { id: string; command: string };
}

/** Makes a key and shows it once. */
export function NewKeyDialog({ close, sweep }: Props) {
  const queries = useQueryClient();
  const [name, setName] = useState(sweep === undefined ? "" : `Agents of ${sweep.id}`);
  const [days, setDays] = useState(sweep === undefined ? "" : "30");
  const [reads, setReads] = useState(false);
  const act = async () => {
    const { secret } = await makeKey({
      name: name.trim(),
      days: days === "" ? null : Number(days),
      sweep_id: sweep?.id ?? null,
      read_artifacts: reads,
    });
    await queries.invalidateQueries({ queryKey: keysQuery.queryKey });
    return (
      <Made>
        <p>This is the key. It is shown this once.</p>
        <CopyCommand command={secret} />
        <p className={styles.soft}>
          {sweep === undefined ? "Store it on the machine that is to use it:" : "Start an agent with it:"}
        </p>
        <CopyCommand
          command={
            sweep === undefined
              ? `besom login --host ${window.location.origin}`
              : `BESOM_BASE_URL=${window.location.origin} BESOM_API_KEY=${secret} ${sweep.command}`
          }
        />
      </Made>
    );
  };
  return (
    <TaskDialog
      title={sweep === undefined ? "New key" : "Key for this sweep's agents"}
      name="Make the key"
      disabled={name.trim() === ""}
      act={act}
      close={close}
    >
      <div className={styles.fields}>
        {sweep !== undefined && (
          <p className={styles.soft}>
            For machines that are not yours alone: it works for the agents of this sweep and for nothing else,
            and you can revoke it under Keys.
          </p>
        )}
        <NameField label="Name" placeholder="lab machine" value={name} set={setName} />
        <Select label="Good for" options={LASTS} value={days} onChange={setDays} />
        {sweep !== undefined && (
          <Check name="May also read all artifacts of the project" on={reads} set={setReads} />
        )}
      </div>
    </TaskDialog>
  );
}
