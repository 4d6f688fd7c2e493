/** A program's output as the page holds it: lines by number, kept up to date from a number on. */
import type { OutputLine } from "../../../api/types";

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
