import { FileView } from "./FileView";
import { HistogramView } from "./HistogramView";
import styles from "./Media.module.css";
import { isFile, isHistogram, isImage, isTable, single } from "./mediaValues";
import type { Preset } from "./presets";
import { TableView } from "./TableView";

interface Props {
  value: unknown;
  label: string;
  /** Of a table: the chart that its program has defined. */
  preset: Preset | null;
  /** Where choices are kept. */
  project: string;
  address: (path: string) => string;
}

/** What was logged under a key at a step, whatever it is. */
export function Medium({ value, label, preset, project, address }: Props) {
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
