import { useMutation, useQueryClient } from "@tanstack/react-query";
import { sweepQuery } from "../../api/queries";
import { commandSweep } from "../../api/sweepChanges";
import type { Sweep, SweepAction } from "../../api/types";
import { ConfirmButton } from "../../components/ConfirmButton";
import { sweepProgress } from "../../lib/progress";
import { reachedLimits } from "../../lib/runAgain";
import { ACTION_NAMES, consequence, possibleActions } from "../../lib/sweepActions";
import styles from "./SweepControls.module.css";

/** Only what the state allows; each says what it will do before it does it. */
export function SweepControls({ sweep }: { sweep: Sweep }) {
  const queries = useQueryClient();
  const command = useMutation({
    mutationFn: (action: SweepAction) => commandSweep(sweep.id, action),
    onSuccess: (changed) => {
      queries.setQueryData(sweepQuery(sweep.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ["events", sweep.id] });
    },
  });
  const { running } = sweepProgress(sweep);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <div className={styles.controls} role="group" aria-label="Sweep controls">
      {possibleActions(sweep.state).map((action) => (
        <ConfirmButton
          key={action}
          name={ACTION_NAMES[action]}
          question={`${ACTION_NAMES[action]} this sweep?`}
          explanation={consequence(action, running, reachedLimits(sweep))}
          danger={action === "cancel"}
          act={() => command.mutateAsync(action)}
        />
      ))}
    </div>
  );
}
