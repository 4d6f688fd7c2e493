/** A program's output as the page holds it: lines by number, kept up to date from a number on. */
import type { OutputLine } from "../../../api/types";
import { plural } from "../../../lib/format";

/** The program can still change as many of its last lines: progress bars do. */
export const STILL_CHANGING = 200;

/** Index of the first line whose number is not below `number`. */
function indexOfLine(lines: readonly OutputLine[], number: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] as OutputLine).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The lines with those from number `after` on replaced by what the server has there. */
export function withPage(
  lines: readonly OutputLine[],
  after: number,
  page: readonly OutputLine[],
): OutputLine[] {
  return [...lines.slice(0, indexOfLine(lines, after)), ...page];
}

/** Where to ask from, to learn of new lines and of those that were replaced. */
export const askFrom = (lines: readonly OutputLine[]): number =>
  Math.max(0, (lines.at(-1)?.number ?? -1) + 1 - STILL_CHANGING);

/** Stands for lines that the server has not kept: of very many it has the first and the last ones. */
export interface Gap {
  /** Of the first of them. */
  number: number;
  missing: number;
}

export type LogRow = OutputLine | Gap;

export const isGap = (row: LogRow): row is Gap => "missing" in row;

/** The lines, with a gap wherever some are missing between two of them; the same list where none are. */
export function withGaps(lines: readonly OutputLine[]): readonly LogRow[] {
  const next = (i: number) => (lines[i - 1]?.number ?? -1) + 1;
  if (lines.every(({ number }, i) => number === next(i))) return lines;
  return lines.flatMap((line, i): LogRow[] => {
    const missing = line.number - next(i);
    return missing > 0 ? [{ number: next(i), missing }, line] : [line];
  });
}

export const gapWords = ({ missing }: Gap): string =>
  `${plural(missing, "line")} ${missing === 1 ? "is" : "are"} not kept here: output.log in the folder of the run has all.`;
