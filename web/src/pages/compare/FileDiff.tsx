import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { plural } from "../../lib/format";
import styles from "./CompareCode.module.css";
import { type FilePair, linesQuery } from "./codeOf";
import { type DiffLine, diffLines, folded } from "./lineDiff";

/** More rows than these no page scrolls well through. */
const MOST_ROWS = 5_000;

/** A file of two runs side by side. */
export function FileDiff({ pair }: { pair: FilePair }) {
  const left = useQuery(linesQuery(pair.left));
  const right = useQuery(linesQuery(pair.right));
  const [whole, setWhole] = useState(false);
  const rows = useMemo(
    () =>
      left.data === undefined || right.data === undefined
        ? null
        : diffLines(left.data.lines, right.data.lines),
    [left.data, right.data],
  );
  const failed = left.error === null ? right : left;
  if (failed.error !== null) return <ErrorNote error={failed.error} retry={failed.refetch} />;
  if (rows === null) return <Skeleton height={240} />;
  const changed = rows.filter(({ same }) => !same).length;
  const all = whole ? rows : folded(rows);
  const shown = all.slice(0, MOST_ROWS);
  const cut = left.data?.cut || right.data?.cut;
  return (
    <section aria-label={pair.path} className={styles.diff}>
      <div className={styles.head}>
        <h3>{pair.path}</h3>
        <span className={styles.count}>
          {changed === 0
            ? pair.change === "changed"
              ? `No ${cut ? "compared " : ""}line differs, ${cut ? "what follows does" : "only the end of the last one"}`
              : "No line differs"
            : `${plural(changed, "line")} ${changed === 1 ? "differs" : "differ"}`}
        </span>
        {rows.length > 0 && (
          <Button aria-pressed={whole} onClick={() => setWhole(!whole)}>
            {whole ? "Only what differs" : "Whole file"}
          </Button>
        )}
      </div>
      {cut && <p className={styles.count}>Only the first 400 kB are compared.</p>}
      {shown.length < all.length && (
        <p className={styles.count}>
          The first {MOST_ROWS.toLocaleString("en-US")} of {all.length.toLocaleString("en-US")} rows are
          shown.
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a section inside the section would be one landmark too many */}
      <div
        role="group"
        aria-label="Lines"
        className={styles.frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table aria-label="Lines" className={styles.lines}>
          <colgroup>
            <col className={styles.narrow} />
            <col />
            <col className={styles.narrow} />
            <col />
          </colgroup>
          <tbody>
            {shown.map((row, i) =>
              "skipped" in row ? (
                <tr key={i} className={styles.skipped}>
                  <td colSpan={4}>{plural(row.skipped, "equal line")}</td>
                </tr>
              ) : (
                <tr key={i}>
                  <Side
                    line={row.left}
                    sign={row.same ? "" : "−"}
                    look={row.same ? undefined : styles.gone}
                  />
                  <Side
                    line={row.right}
                    sign={row.same ? "" : "+"}
                    look={row.same ? undefined : styles.come}
                  />
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Side({ line, sign, look }: { line: DiffLine | null; sign: string; look: string | undefined }) {
  if (line === null) return <td colSpan={2} className={styles.nothing} />;
  return (
    <>
      <td className={styles.number}>{line.number}</td>
      <td className={look}>
        <span className={styles.sign}>{sign}</span>
        {line.text}
      </td>
    </>
  );
}
