import { useQueries } from "@tanstack/react-query";
import { type CSSProperties, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { fileAddress } from "../../api/files";
import { type ProjectPath, runHistoryQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { runPath } from "../../app/routes";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { formatCount } from "../../lib/format";
import { useSeen } from "../../lib/useSeen";
import { useRunView } from "../../view/RunView";
import { Medium } from "../run/media/Medium";
import { type Logged, loggedAt } from "../run/media/mediaValues";
import { Steps } from "../run/media/Steps";
import styles from "./RunsMedia.module.css";
import { loggedBy, stepsOf } from "./runsMedia";

/** Height of what stands around a picture: the slider, its run's name and its caption. */
const WORDS = 92;
/** Of a picture whose panel is as high as what it holds, as in a report. */
const ORDINARY = 220;

interface Props {
  path: ProjectPath;
  /** Those that have logged it. The list is another one when any of them has changed. */
  runs: readonly Run[];
  /** The key, and the keys inside its value. */
  place: readonly string[];
  size: { height: number } | { maxHeight: number };
}

/** Of each run what it had logged last at a step, with one slider for all. Fetched once it comes into sight. */
export function RunsMedia({ path, runs, place, size }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useSeen(box);
  const queries = useQueries({
    queries: runs.map((run) => ({
      ...runHistoryQuery(path, run.id, place[0] as string, run.steps),
      enabled: seen,
    })),
  });
  // Also after each answer: a run may have gone on, and ended, while it was on its way.
  useEffect(() => {
    for (const [i, { data, isFetching, isError, refetch }] of queries.entries())
      if (data !== undefined && data.seen < (runs[i]?.steps ?? 0) && !isFetching && !isError) void refetch();
  });
  const logged = queries.map(({ data }) => loggedAt(data?.rows ?? [], place));
  const steps = stepsOf(logged);
  const [chosen, setChosen] = useState<number | null>(null);
  const last = steps.length - 1;
  const found = chosen === null ? last : steps.findLastIndex((step) => step <= chosen);
  const index = Math.max(0, found);
  const step = steps[index];
  const failed = queries.find(({ error }) => error !== null);
  const tallest = "height" in size ? size.height - WORDS : ORDINARY;
  const pictures = { "--count": runs.length, "--tallest": `${tallest}px` } as CSSProperties;
  return (
    <div ref={box} className={styles.place} style={{ ...size, ...pictures }}>
      {step !== undefined && last > 0 && (
        // At the end of the slider the panel goes on to show the newest of each run.
        <Steps
          {...{ step, last, index }}
          choose={(at) => setChosen(at === last ? null : (steps[at] ?? null))}
        />
      )}
      {failed !== undefined && step === undefined ? (
        <ErrorNote error={failed.error as Error} retry={failed.refetch} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <ul className={styles.runs} aria-label="Media of the runs" tabIndex={0}>
          {runs.map((run, i) => (
            <li key={run.id}>
              <OfRun
                {...{ path, run, place }}
                shown={step === undefined ? undefined : loggedBy(logged[i] ?? [], step)}
                waits={queries[i]?.data === undefined}
                failed={queries[i]?.data === undefined ? (queries[i]?.error ?? null) : null}
                retry={() => queries[i]?.refetch()}
                at={step}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface OfRunProps {
  path: ProjectPath;
  run: Run;
  place: readonly string[];
  shown: Logged | undefined;
  /** It is not known yet what the run has logged. */
  waits: boolean;
  /** Why it cannot be known. */
  failed: Error | null;
  retry: () => unknown;
  /** The step that all show, as far as they have it. */
  at: number | undefined;
}

function OfRun({ path, run, place, shown, waits, failed, retry, at }: OfRunProps) {
  const { colors, hover } = useRunView();
  const address = useMemo(() => (file: string) => fileAddress(path, run.id, file), [path, run.id]);
  return (
    <div
      className={styles.run}
      onPointerEnter={() => hover.set(run.id)}
      onPointerLeave={() => hover.set(null)}
    >
      <p className={styles.name}>
        <span className={styles.swatch} style={{ background: colors.of(run.id) }} />
        <Link href={runPath({ ...path, id: run.id })}>{run.name}</Link>
        {shown !== undefined && shown.step !== at && (
          <span className={styles.step}>Step {formatCount(shown.step)}</span>
        )}
      </p>
      {shown !== undefined ? (
        <Medium
          value={shown.value}
          label={`${place.join(".")} of ${run.name}`}
          preset={null}
          project={`${path.entity}/${path.project}`}
          address={address}
        />
      ) : failed !== null ? (
        <ErrorNote error={failed} retry={retry} />
      ) : waits ? (
        <Skeleton height={120} />
      ) : (
        <p className={styles.step}>Nothing up to this step.</p>
      )}
    </div>
  );
}
