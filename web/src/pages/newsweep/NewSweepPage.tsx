import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { client, unwrap } from "../../api/client";
import type { ProjectPath } from "../../api/queries";
import { sweepPath } from "../../app/routes";
import { Button } from "../../components/Button";
import { DraftNote } from "../../components/DraftNote";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { formatCount, plural } from "../../lib/format";
import { parseIds } from "../../lib/ids";
import { useDraft } from "../../lib/useDraft";
import { useTitle } from "../../lib/useTitle";
import page from "../Page.module.css";
import ConfigEditor from "./ConfigEditor";
import styles from "./NewSweepPage.module.css";
import { useConfigCheck } from "./useConfigCheck";

const PROJECT = "/api/v1/projects/{entity}/{project}";

/**
 * A sweep is written, seen in advance and created; `?runs=a:b` makes it from these runs, and counts them. More than an
 * address can hold come with the entry of the history.
 */
export default function NewSweepPage({ path }: { path: ProjectPath }) {
  useTitle("New sweep", `${path.entity}/${path.project}`);
  const [search] = useSearchParams();
  const named = search.get("runs");
  const many = useHistoryState<{ runs?: string[] } | null>()?.runs ?? null;
  const chosen = named === null || named === "" ? many : [...parseIds(named)];
  const key = chosen?.join(":") ?? "";
  const guessed = useQuery({
    queryKey: ["guess", path.entity, path.project, key],
    queryFn: ({ signal }) =>
      unwrap(
        client.POST(`${PROJECT}/sweeps/guess`, {
          params: { path },
          body: chosen === null ? { filter: {} } : { runs: chosen },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={page.page}>
      <div>
        <h1>New sweep</h1>
        {guessed.data !== undefined && (
          <p className={page.soft}>{origin(guessed.data.runs, chosen?.length ?? null)}</p>
        )}
      </div>
      {guessed.error !== null && guessed.data === undefined && (
        <ErrorNote error={guessed.error} retry={guessed.refetch} />
      )}
      {guessed.isPending && <Skeleton height={420} />}
      {guessed.data !== undefined && (
        <Draft key={key} path={path} guess={guessed.data.text} chosen={chosen} />
      )}
    </div>
  );
}

function origin(runs: number, chosen: number | null): string {
  if (runs === 0) return "The project has no runs to learn from yet, so this is an example to change.";
  const from = runs === 1 ? "one run" : plural(runs, "run");
  const some =
    chosen !== null && chosen > runs ? `${formatCount(runs)} of the ${plural(chosen, "run")}` : `the ${from}`;
  return chosen !== null
    ? `Guessed from ${some} that you chose: parameters, ranges, metric and program.`
    : `Guessed from ${from} of this project: parameters, ranges, metric and program.`;
}

/** Letters of a draft's name, under which it is kept. */
const MOST_IN_NAME = 1_000;

interface DraftProps {
  path: ProjectPath;
  guess: string;
  /** Ids of runs that are to count as prior runs. */
  chosen: string[] | null;
}

function Draft({ path, guess, chosen }: DraftProps) {
  const ids = chosen?.join(":") ?? "";
  const name = `new-sweep/${path.entity}/${path.project}/${ids.length > MOST_IN_NAME ? hashOf(ids) : ids}`;
  const draft = useDraft(name, { text: guess });
  const { text } = draft.value;
  const [countsRuns, setCountsRuns] = useState(true);
  const [, navigate] = useLocation();
  const checked = useConfigCheck(text);
  const isGood = checked.isCurrent && checked.check?.config != null;
  const creation = useMutation({
    mutationFn: () =>
      unwrap(
        client.POST(`${PROJECT}/sweeps`, {
          params: { path },
          // As it was written: to a browser 1.0 is 1, and large integers are rounded.
          body: { text, prior_runs: countsRuns ? (chosen ?? []) : [] },
        }),
      ),
    onSuccess: ({ sweep }) => {
      draft.drop();
      navigate(sweepPath(sweep));
    },
  });
  return (
    <ConfigEditor
      text={text}
      onChange={(changed) => {
        draft.set({ text: changed });
        creation.reset();
      }}
      checked={checked}
      actions={
        <>
          <DraftNote draft={draft} />
          {chosen !== null && (
            <label className={styles.prior}>
              <input
                type="checkbox"
                checked={countsRuns}
                onChange={(event) => setCountsRuns(event.target.checked)}
              />
              <span>
                Count the {chosen.length === 1 ? "chosen run" : `${formatCount(chosen.length)} chosen runs`}:
                the search learns from {chosen.length === 1 ? "it" : "them"}, and a grid skips what was run.
              </span>
            </label>
          )}
          {creation.error !== null && <ErrorNote error={creation.error} />}
          <Button
            look="primary"
            disabled={!isGood}
            busy={creation.isPending}
            onClick={() => creation.mutate()}
          >
            Start sweep
          </Button>
          <p className={page.soft}>
            Nothing runs yet: the sweep waits for agents, and its page shows the command that starts one.
          </p>
        </>
      }
    />
  );
}

/** A number that stands for a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
