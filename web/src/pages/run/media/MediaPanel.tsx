import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useRef, useState } from "react";
import { fileAddress } from "../../../api/files";
import { useInvalidate } from "../../../api/LiveProvider";
import { runHistoryQuery } from "../../../api/queries";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import { formatCount } from "../../../lib/format";
import { useSeen } from "../../../lib/useSeen";
import type { TabProps } from "../RunPage";
import { FileView } from "./FileView";
import { HeatStrip } from "./HeatStrip";
import { HistogramView } from "./HistogramView";
import styles from "./Media.module.css";
import { isFile, isHistogram, isImage, isTable, type Logged, loggedAt, single } from "./mediaValues";
import { type Preset, presetFor } from "./presets";
import { TableView } from "./TableView";

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
      ) : current === undefined ? (
        <Skeleton height={200} />
      ) : (
        <Medium
          value={current.value}
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

interface StepsProps extends Pick<Logged, "step"> {
  last: number;
  index: number;
  choose: (index: number) => void;
}

function Steps({ step, last, index, choose }: StepsProps) {
  const id = useId();
  const words = `Step ${formatCount(step)}`;
  if (last === 0) return <span className={styles.step}>{words}</span>;
  return (
    <div className={styles.slider}>
      <label htmlFor={id} className={styles.step}>
        {words}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        value={index}
        aria-valuetext={words}
        onChange={(event) => choose(Number(event.target.value))}
      />
    </div>
  );
}

interface MediumProps {
  value: unknown;
  label: string;
  /** Of a table: the chart that its program has defined. */
  preset: Preset | null;
  /** Where choices are kept. */
  project: string;
  address: (path: string) => string;
}

function Medium({ value, label, preset, project, address }: MediumProps) {
  if (isHistogram(value)) return <HistogramView histogram={value} />;
  if (isTable(value)) return <TableView {...{ address, label, preset }} file={value} place={project} />;
  const files = single(value).filter(isFile);
  if (files.length === 0) return <pre className={styles.unknown}>{JSON.stringify(value, null, 2)}</pre>;
  return (
    <div className={files.length > 1 && files.every(isImage) ? styles.grid : styles.stack}>
      {files.map((file, i) => (
        <FileView key={i} file={file} addressOf={address} label={label} />
      ))}
    </div>
  );
}
