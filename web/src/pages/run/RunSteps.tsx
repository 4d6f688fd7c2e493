import { useEffect, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import type { ProjectPath } from "../../api/queries";
import type { Run } from "../../api/types";
import { hasRuns } from "../../api/useRuns";
import { runPath } from "../../app/routes";
import { useShortcut } from "../../app/useShortcut";
import { Button } from "../../components/Button";
import { type Done, Toast } from "../../components/Toast";
import { formatCount } from "../../lib/format";
import { isOfProject } from "../../lib/tableAddress";
import styles from "./RunPage.module.css";
import { useRunOrder } from "./useRunOrder";

interface Props {
  path: ProjectPath;
  run: Run;
}

type Step = 1 | -1;

/** On the buttons. */
const STEP = "data-step";

/**
 * To the run before and the next one in the table from which this one was opened, else in that of its sweep. Who came by a
 * link has no such table yet: its runs are fetched with the first step.
 */
export function RunSteps({ path: { entity, project }, run }: Props) {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const sweep = isOfProject(search) ? undefined : (run.sweep_id ?? undefined);
  const [isWanted, setWanted] = useState(() => hasRuns({ entity, project }, sweep));
  const { ids, error, retry } = useRunOrder({ entity, project }, sweep, search, isWanted);
  /** To be taken as soon as the order is known; `despite`: what had failed before, and is tried again. */
  const [pressed, press] = useState<{ step: Step; despite: Error | null } | null>(null);
  const [failed, tell] = useState<Done | null>(null);
  const at = ids?.indexOf(run.id) ?? -1;
  useEffect(() => {
    if (pressed === null) return;
    if (ids === null) {
      if (error === null || error === pressed.despite) return;
      // A press that nothing came of is not made up for minutes later.
      press(null);
      tell({ words: `Which run is next is not known: ${error.message.replace(/\.$/, "")}` });
      return;
    }
    press(null);
    const next = at < 0 ? undefined : ids[at + pressed.step]; // it may have left the table
    // The page of the next run has buttons of its own, so the one that was pressed would lose the focus.
    const focus = document.activeElement?.getAttribute(STEP);
    const words = search.size === 0 ? "" : `?${search}`;
    if (next !== undefined)
      navigate(runPath({ entity, project, id: next }) + words, { state: { focus }, replace: true });
  }, [pressed, ids, error, at, navigate, entity, project, search]);
  const take = (step: Step) => {
    press({ step, despite: error });
    setWanted(true);
    if (error !== null) retry();
  };
  const place = ids === null || at < 0 ? "" : `${formatCount(at + 1)} of ${formatCount(ids.length)}`;
  return (
    <>
      <Buttons
        take={take}
        has={(by) => ids === null || (at >= 0 && ids[at + by] !== undefined)}
        words={place}
      />
      <Toast done={failed}>{null}</Toast>
    </>
  );
}

interface ButtonsProps {
  take: (by: Step) => void;
  has: (by: Step) => boolean;
  /** Where this run stands. */
  words: string;
}

function Buttons({ take, has, words }: ButtonsProps) {
  // At an end they stay where the focus is, and do nothing: switched off, they would give it to one another.
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
        aria-disabled={!has(-1)}
        onClick={previous}
      >
        ←
      </Button>
      {words !== "" && <span className={styles.place}>{words}</span>}
      <Button
        {...{ [STEP]: "next" }}
        aria-label="Next run"
        title="Next run (J)"
        aria-disabled={!has(1)}
        onClick={next}
      >
        →
      </Button>
    </span>
  );
}
