import { useId, useState } from "react";
import { fileAddress } from "../../../api/files";
import type { ProjectPath } from "../../../api/queries";
import { formatCount } from "../../../lib/format";
import { FileView } from "./FileView";
import { HeatStrip } from "./HeatStrip";
import { HistogramView } from "./HistogramView";
import styles from "./Media.module.css";
import { isFile, isHistogram, isImage, type Logged, single } from "./mediaValues";
import { TableView } from "./TableView";

/** Columns of a table, or images, that one column of the page has room for. */
const NARROW = 3;

interface Props {
  title: string;
  /** By step; at least one. */
  logged: readonly Logged[];
  path: ProjectPath;
  runId: string;
}

/** One key: the medium of a step, and a slider over all steps. Until it is moved it stays at the newest. */
export function MediaPanel({ title, logged, path, runId }: Props) {
  const [chosen, setChosen] = useState<number | null>(null);
  const id = useId();
  const last = logged.length - 1;
  const index = chosen === null ? last : Math.min(chosen, last);
  const choose = (wanted: number) => setChosen(wanted === last ? null : wanted);
  const { step, value } = logged[index] as Logged;
  const parts = single(value);
  const address = (file: string) => fileAddress(path, runId, file);
  const isTable = isFile(value) && value._type === "table-file";
  const files = parts.filter(isFile);
  return (
    <section
      className={`${styles.panel} ${(isTable && (value.ncols ?? 0) > NARROW) || parts.length > NARROW ? styles.wide : ""}`}
    >
      <header className={styles.head}>
        <h2>{title}</h2>
        {last === 0 ? (
          <span className={styles.step}>Step {formatCount(step)}</span>
        ) : (
          <div className={styles.slider}>
            <label htmlFor={id} className={styles.step}>
              Step {formatCount(step)}
            </label>
            <input
              id={id}
              type="range"
              min={0}
              max={last}
              value={index}
              aria-valuetext={`Step ${step}`}
              onChange={(event) => choose(Number(event.target.value))}
            />
          </div>
        )}
      </header>
      {isHistogram(value) ? (
        <>
          <HistogramView histogram={value} />
          {last > 0 && <HeatStrip logged={logged} index={index} choose={choose} />}
        </>
      ) : isTable ? (
        <TableView address={address} file={value} label={title} />
      ) : files.length === 0 ? (
        <pre className={styles.unknown}>{JSON.stringify(value, null, 2)}</pre>
      ) : (
        <div className={files.length > 1 && files.every(isImage) ? styles.grid : styles.stack}>
          {files.map((file) => (
            <FileView key={file.path} file={file} address={address(file.path)} label={title} />
          ))}
        </div>
      )}
    </section>
  );
}
