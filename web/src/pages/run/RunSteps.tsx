import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { type ProjectPath, sweepQuery, sweepsQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { hasRuns, runCollection, useRunsOfAll } from "../../api/useRuns";
import { runPath } from "../../app/routes";
import { useShortcut } from "../../app/useShortcut";
import { Button } from "../../components/Button";
import { formatCount } from "../../lib/format";
import { searchedParams } from "../../lib/params";
import { isOfProject } from "../../lib/tableAddress";
import { withSweepNames } from "../../view/sweepNames";
import { useExtremeFields } from "../../view/useExtremeFields";
import { useFields } from "../../view/useFields";
import styles from "./RunPage.module.css";
import { runOrder } from "./runOrder";

interface Props {
  path: ProjectPath;
  run: Run;
}

type Step = 1 | -1;

/** On the buttons. */
const STEP = "data-step";

const NO_RUNS: readonly Run[] = [];
const NO_SWEEPS: readonly { id: string; name: string }[] = [];

/**
 * To the run before and the next one in the table from which this one was opened, else in that of its sweep. Who came by a
 * link has no such table yet: its runs are fetched with the first step.
 */
export function RunSteps({ path: { entity, project }, run }: Props) {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const sweep = isOfProject(search) ? undefined : (run.sweep_id ?? undefined);
  const [isWanted, setWanted] = useState(() => hasRuns({ entity, project }, sweep));
  /** To be taken as soon as the order is known. */
  const [step, setStep] = useState<Step | null>(null);
  const collections = useMemo(
    () => (isWanted ? [runCollection({ entity, project }, sweep)] : []),
    [isWanted, entity, project, sweep],
  );
  // The page of a run must not wait for the order of 100,000.
  const snapshot = useDeferredValue(useRunsOfAll(collections)[0], undefined);
  const runs = snapshot?.runs ?? NO_RUNS;
  const known = useQuery({ ...sweepQuery(sweep ?? ""), enabled: sweep !== undefined }).data;
  const sweeps = useQuery({
    ...sweepsQuery({ entity, project }),
    enabled: isWanted && sweep === undefined,
  }).data?.sweeps;
  const isReady = snapshot?.complete === true && (sweep === undefined ? sweeps : known) !== undefined;
  const metric = known?.metric ?? null;
  const params = useMemo(() => (known === undefined ? [] : searchedParams(known, runs)), [known, runs]);
  const plain = useFields(runs, metric, params);
  const found = useExtremeFields(`${entity}/${project}`, runs, plain, search);
  const order = useMemo(
    () =>
      isReady ? runOrder(runs, withSweepNames(found, sweeps ?? NO_SWEEPS), metric?.goal ?? null, search) : [],
    [isReady, runs, found, sweeps, metric, search],
  );
  const at = order.indexOf(run.id);
  useEffect(() => {
    if (step === null || !isReady) return;
    setStep(null);
    const next = at < 0 ? undefined : order[at + step]; // it may have left the table
    // The page of the next run has buttons of its own, so the one that was pressed would lose the focus.
    const focus = document.activeElement?.getAttribute(STEP);
    const words = search.size === 0 ? "" : `?${search}`;
    if (next !== undefined)
      navigate(runPath({ entity, project, id: next }) + words, { state: { focus }, replace: true });
  }, [step, isReady, order, at, navigate, entity, project, search]);
  const take = (by: Step) => {
    setStep(by);
    setWanted(true);
  };
  const place = at < 0 ? "" : `${formatCount(at + 1)} of ${formatCount(order.length)}`;
  return (
    <Buttons take={take} has={(by) => !isReady || (at >= 0 && order[at + by] !== undefined)} words={place} />
  );
}

interface ButtonsProps {
  take: (by: Step) => void;
  has: (by: Step) => boolean;
  /** Where this run stands. */
  words: string;
}

function Buttons({ take, has, words }: ButtonsProps) {
  const next = () => take(1);
  const previous = () => take(-1);
  useShortcut("j", next);
  useShortcut("k", previous);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const { focus } = (window.history.state ?? {}) as { focus?: string | null };
    if (!focus) return;
    window.history.replaceState(null, ""); // else Back and reload would move the focus too
    place.current?.querySelector<HTMLElement>(`[${STEP}="${CSS.escape(focus)}"]`)?.focus();
  }, []);
  return (
    <span ref={place} className={styles.steps}>
      <Button
        {...{ [STEP]: "previous" }}
        aria-label="Previous run"
        title="Previous run (K)"
        disabled={!has(-1)}
        onClick={previous}
      >
        ←
      </Button>
      {words !== "" && <span className={styles.place}>{words}</span>}
      <Button
        {...{ [STEP]: "next" }}
        aria-label="Next run"
        title="Next run (J)"
        disabled={!has(1)}
        onClick={next}
      >
        →
      </Button>
    </span>
  );
}
