import { memo } from "react";
import type { OutputLine } from "../../../api/types";
import { type MarkedPiece, markPieces, parseAnsi } from "./ansi";
import styles from "./LogTab.module.css";

interface Props {
  line: OutputLine;
  wanted: string;
  /** Whether it is the match that the reader is at. */
  current: boolean;
  times: boolean;
}

export const LogLine = memo(function LogLine({ line, wanted, current, times }: Props) {
  return (
    <div className={`${styles.line} ${current ? styles.current : ""}`}>
      <span className={styles.number}>{line.number + 1}</span>
      {times && <span className={styles.time}>{clockTime(line.time)}</span>}
      <span>
        {markPieces(parseAnsi(line.text), wanted).map((piece, i) =>
          piece.marked ? (
            <mark key={i} className={classOf(piece)}>
              {piece.text}
            </mark>
          ) : (
            <span key={i} className={classOf(piece)}>
              {piece.text}
            </span>
          ),
        )}
      </span>
    </div>
  );
});

const clockTime = (time: number): string =>
  time === 0 ? "" : new Date(time * 1000).toLocaleTimeString("en-GB");

function classOf({ look }: MarkedPiece): string | undefined {
  if (look === null) return undefined;
  const names = [
    look.color !== null && styles[`color${look.color % 8}`],
    look.bold && styles.bold,
    look.faint && styles.faint,
    look.italic && styles.italic,
    look.underline && styles.underline,
  ];
  return names.filter((name) => typeof name === "string").join(" ");
}
