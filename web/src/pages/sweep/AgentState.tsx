import { useMutation, useQueryClient } from "@tanstack/react-query";
import { releaseAgent } from "../../api/sweepChanges";
import type { Agent } from "../../api/types";
import { ConfirmButton } from "../../components/ConfirmButton";
import styles from "./AgentState.module.css";

/** Alive, gone, or in quarantine: then why, and a way out of it. */
export function AgentState({ agent, mayRelease }: { agent: Agent; mayRelease: boolean }) {
  const queries = useQueryClient();
  const release = useMutation({
    mutationFn: () => releaseAgent(agent.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agents"] }),
  });
  if (agent.state === "gone") return "Gone";
  if (agent.quarantined == null) return "Alive";
  return (
    <div className={styles.quarantine}>
      <span className={styles.word}>In quarantine</span>
      <p className={styles.reason}>{agent.quarantine_reason}.</p>
      {mayRelease && (
        <ConfirmButton
          name="Give it another chance"
          question={`Give ${agent.name} runs again?`}
          explanation="Look at its machine first. What broke there so far is forgotten; if its runs go on breaking, it is held back again."
          act={() => release.mutateAsync()}
        />
      )}
    </div>
  );
}
