import { blobAddress } from "../../api/files";
import type { ProjectPath } from "../../api/queries";
import type { Artifact } from "../../api/types";
import { type DataColumn, DataTable } from "../../components/DataTable";
import { formatBytes } from "../../lib/bytes";
import { formatCount } from "../../lib/format";
import styles from "./Artifacts.module.css";

/** More rows would only slow the page down; Python gets all of them. */
const MOST = 500;

const nameOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

interface Entry {
  path: string;
  size: number | null;
  /** Of bytes that the server has. */
  digest?: string;
  /** Of what lies elsewhere. */
  uri?: string;
}

/** The files of a version, each to be downloaded; of those that lie elsewhere the address, as text. */
export function ArtifactFiles({ path, artifact }: { path: ProjectPath; artifact: Artifact }) {
  const { files, references = [] } = artifact;
  const entries: Entry[] = [
    ...files,
    ...references.map(({ path, uri, size }) => ({ path, uri, size: size ?? null })),
  ];
  const columns: DataColumn<Entry>[] = [
    {
      name: "File",
      cell: ({ path: file, uri }) => (
        <span className={styles.path}>
          {file}
          {uri !== undefined && <span className={styles.uri}>{uri}</span>}
        </span>
      ),
    },
    { name: "Size", number: true, cell: ({ size }) => size !== null && formatBytes(size) },
    {
      name: "Get it",
      head: <span className="visually-hidden">Get it</span>,
      cell: ({ path: file, digest }) =>
        digest !== undefined && (
          <a
            className={styles.get}
            href={blobAddress(path, digest, nameOf(file))}
            download={nameOf(file)}
            aria-label={`Download ${file}`}
          >
            Download
          </a>
        ),
    },
  ];
  return (
    <div className={styles.part}>
      <h2>Files</h2>
      {entries.length === 0 ? (
        <p className={styles.soft}>This version has no files.</p>
      ) : (
        <DataTable
          label="Files"
          columns={columns}
          rows={entries.slice(0, MOST)}
          rowKey={({ path, uri }) => `${uri === undefined} ${path}`}
        />
      )}
      {entries.length > MOST && (
        <p className={styles.soft}>
          These are the first {MOST} of {formatCount(entries.length)}; download() in Python gets all of them.
        </p>
      )}
    </div>
  );
}
