import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "../../api/client";
import { isCode } from "../../api/errors";
import { sweepQuery } from "../../api/queries";
import type { Sweep } from "../../api/types";
import { Button } from "../../components/Button";
import { DraftNote } from "../../components/DraftNote";
import { ErrorNote } from "../../components/ErrorNote";
import { Notice } from "../../components/Notice";
import { plural } from "../../lib/format";
import { useDraft } from "../../lib/useDraft";
import ConfigEditor from "../newsweep/ConfigEditor";
import { useConfigCheck } from "../newsweep/useConfigCheck";
import page from "../Page.module.css";
import styles from "./ConfigurationEdit.module.css";
import { draftOfConfiguration } from "./draftOfConfiguration";

interface Props {
  sweep: Sweep;
  /** Of the newest version: where the writing begins, and what others may go beyond meanwhile. */
  number: number;
  /** With a sentence about what was done; null where nothing was. */
  onDone: (said: string | null) => void;
}

/** Changes the configuration of a sweep under way. */
export default function ConfigurationEdit({ sweep, number, onDone }: Props) {
  // What others do meanwhile must not change the text under the writer's hands.
  const draft = useDraft(draftOfConfiguration(sweep), { text: sweep.text, based: number });
  const { text, based } = draft.value;
  const cache = useQueryClient();
  const checked = useConfigCheck(text);
  const isGood = checked.isCurrent && checked.check?.config != null;
  const saving = useMutation({
    /** `over`: of the version that the text takes the place of. */
    mutationFn: (over: number) =>
      unwrap(
        client.POST("/api/v1/sweeps/{sweep_id}/versions", {
          params: { path: { sweep_id: sweep.id } },
          body: { text, based_on: over },
        }),
      ),
    onSuccess: ({ sweep: changed, version }) => {
      draft.drop();
      cache.setQueryData(sweepQuery(sweep.id).queryKey, changed);
      onDone(`Version ${version.number} holds from the next run on.${hint(changed)}`);
    },
    // The newer version brings the choice between the two.
    onError: (failure) =>
      isCode(failure, "version_changed") && cache.invalidateQueries({ queryKey: ["versions", sweep.id] }),
  });
  const isOvertaken = number > based;
  const maySave = isGood && text !== sweep.text;
  return (
    <ConfigEditor
      text={text}
      onChange={(changed) => {
        draft.set({ text: changed, based });
        saving.reset();
      }}
      checked={checked}
      actions={
        <>
          {isOvertaken ? (
            <Notice
              role="alert"
              actions={
                <>
                  <Button
                    onClick={() => {
                      draft.drop();
                      saving.reset();
                    }}
                  >
                    Take version {number}
                  </Button>
                  <Button disabled={!maySave} busy={saving.isPending} onClick={() => saving.mutate(number)}>
                    Save over version {number}
                  </Button>
                </>
              }
            >
              This text was begun from version {based}; version {number} has been saved since.
            </Notice>
          ) : (
            <DraftNote draft={draft} />
          )}
          {saving.error !== null && !(isOvertaken && isCode(saving.error, "version_changed")) && (
            <ErrorNote error={saving.error} />
          )}
          <div className={styles.buttons}>
            <Button
              look="primary"
              disabled={!maySave || isOvertaken}
              busy={saving.isPending}
              onClick={() => saving.mutate(based)}
            >
              Save as version {based + 1}
            </Button>
            <Button
              onClick={() => {
                draft.drop();
                onDone(null);
              }}
            >
              Discard
            </Button>
          </div>
          {sweep.run_count > 0 && (
            <p className={page.soft}>
              {plural(sweep.run_count, "run")} so far stay and count. Ranges, values, parameters, caps, early
              stopping and method may change; metric, program, command, repeats and seed may not.
            </p>
          )}
        </>
      }
    />
  );
}

const hint = ({ state }: Sweep): string =>
  state === "FINISHED" || state === "CANCELED" ? " The sweep has ended: resume it to go on." : "";
