import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { fileAddress } from "../../../api/files";
import { useInvalidate } from "../../../api/LiveProvider";
import { runHistoryQuery } from "../../../api/queries";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import { useSeen } from "../../../lib/useSeen";
import type { TabProps } from "../RunPage";
import { HeatStrip } from "./HeatStrip";
import styles from "./Media.module.css";
import { Medium } from "./Medium";
import { isHistogram, isTable, loggedAt, single } from "./mediaValues";
import { presetFor } from "./presets";
import { Steps } from "./Steps";

/** Columns of a table, or images, that one column of the page has room for. */
const NARROW = 3;
const INTERVAL = 4_000;

interface Props extends TabProps {
  /** The key, and the keys inside its value. */
  place: readonly string[];
  /** The newest value, as the summary has it. */
  newest: unknown;
}

/** One key: the medium of a step, and a slider over all steps. What was logged is fetched once it comes into sight. */
export function MediaPanel({ place, newest, path, run, details, changed }: Props) {
  const key = place.join(".");
  const preset = useMemo(() => presetFor(newest, key, details.charts ?? {}), [newest, key, details.charts]);
  const panel = useRef<HTMLElement>(null);
  const seen = useSeen(panel);
  const query = runHistoryQuery(path, run.id, place[0] as string, run.steps);
  const history = useQuery({ ...query, enabled: seen });
  useInvalidate(query.queryKey, changed, INTERVAL);
  const logged = useMemo(() => loggedAt(history.data?.rows ?? [], place), [history.data, place]);
  const [chosen, setChosen] = useState<number | null>(null);
  const last = logged.length - 1;
  const index = chosen === null ? last : Math.min(chosen, last);
  // At the end of the slider the panel goes on to show the newest step.
  const choose = (wanted: number) => setChosen(wanted === last ? null : wanted);
  const current = logged[index];
  const wide = isTable(newest) ? (newest.ncols ?? 0) > NARROW : single(newest).length > NARROW;
  return (
    <section ref={panel} className={`${styles.panel} ${wide ? styles.wide : ""}`}>
      <header className={styles.head}>
        <div className={styles.names}>
          <h2>{preset?.title || key}</h2>
          {preset?.title && preset.title !== key && <span className={styles.key}>{key}</span>}
        </div>
        {current !== undefined && <Steps step={current.step} last={last} index={index} choose={choose} />}
      </header>
      {history.error !== null ? (
        <ErrorNote error={history.error} retry={history.refetch} />
      ) : history.data === undefined ? (
        <Skeleton height={200} />
      ) : (
        <Medium
          // What was written into the summary by hand belongs to no step.
          value={current === undefined ? newest : current.value}
          label={key}
          preset={preset}
          project={`${path.entity}/${path.project}`}
          address={(file) => fileAddress(path, run.id, file)}
        />
      )}
      {isHistogram(current?.value) && last > 0 && <HeatStrip logged={logged} index={index} choose={choose} />}
    </section>
  );
}
