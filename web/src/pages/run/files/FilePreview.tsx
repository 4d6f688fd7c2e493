import { useQuery } from "@tanstack/react-query";
import { fetchBytes, fileAddress } from "../../../api/files";
import type { ProjectPath } from "../../../api/queries";
import type { RunFile } from "../../../api/types";
import { ErrorNote } from "../../../components/ErrorNote";
import { Skeleton } from "../../../components/Skeleton";
import { Ago } from "../../../components/Time";
import { formatBytes } from "../../../lib/bytes";
import { FileView } from "../media/FileView";
import styles from "./FilePreview.module.css";
import { highlight } from "./highlight";
import { kindOf, textOf } from "./preview";

/** Bytes of a text that are fetched to be looked at. */
const MOST = 400_000;

const MEDIA = { image: "image-file", audio: "audio-file", video: "video-file", page: "html-file" } as const;

/** A look into a file: pictures and sounds as such, text with line numbers, everything else to be downloaded. */
export function FilePreview({ file, path, runId }: { file: RunFile; path: ProjectPath; runId: string }) {
  const address = fileAddress(path, runId, file.path);
  const kind = kindOf(file.path);
  return (
    <section className={styles.preview} aria-label={file.path}>
      <header className={styles.head}>
        <h2 className={styles.name}>{file.path}</h2>
        <span className={styles.about}>
          {formatBytes(file.size)}, <Ago time={file.created} />
        </span>
        {file.present && (
          <a className={styles.download} href={address} download={file.path.split("/").at(-1)}>
            Download
          </a>
        )}
      </header>
      {!file.present ? (
        <p className={styles.words}>
          Its bytes are on their way. If the program is over, besom sync sends what it left behind.
        </p>
      ) : kind === "other" ? (
        <Text file={file} address={address} />
      ) : (
        <div className={styles.media}>
          <FileView
            file={{ _type: MEDIA[kind], path: file.path }}
            // A browser shows the picture of an address once more without asking, though it was written anew.
            addressOf={() => `${address}?digest=${file.digest}`}
            label={file.path}
          />
        </div>
      )}
    </section>
  );
}

function Text({ file, address }: { file: RunFile; address: string }) {
  const text = useQuery({
    queryKey: ["text", address, file.digest],
    queryFn: async ({ signal }) => textOf(await fetchBytes(address, signal, MOST)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  if (text.error !== null) return <ErrorNote error={text.error} retry={text.refetch} />;
  if (text.data === undefined) return <Skeleton height={240} />;
  if (text.data === null)
    return <p className={styles.words}>This file is no text. Download it to open it.</p>;
  if (text.data === "") return <p className={styles.words}>This file is empty.</p>;
  const isDiff = /\.(patch|diff)$/i.test(file.path);
  const lines = text.data.replace(/\n$/, "").split("\n");
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.code} aria-label="Text" tabIndex={0}>
        <pre className={styles.numbers} aria-hidden="true">
          {lines.map((_, i) => `${i + 1}\n`).join("")}
        </pre>
        <pre className={styles.text}>
          {isDiff
            ? lines.map((line, i) => <DiffLine key={i} line={line} />)
            : highlight(file.path, text.data).map((piece, i) => (
                <span key={i} data-role={piece.role ?? undefined}>
                  {piece.text}
                </span>
              ))}
        </pre>
      </section>
      {file.size > MOST && (
        <p className={styles.words}>These are its first {formatBytes(MOST)}. Download it for the rest.</p>
      )}
    </>
  );
}

function DiffLine({ line }: { line: string }) {
  const kind = /^(\+\+\+|---|diff |index |@@)/.test(line)
    ? "head"
    : { "+": "added", "-": "removed" }[line[0] ?? ""];
  return <span data-diff={kind}>{`${line}\n`}</span>;
}
