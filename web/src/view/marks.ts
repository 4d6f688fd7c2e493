/** Which of many runs are to stand out: worked out as fast as a hand drags a range. Pure. */
import type { Run } from "../api/types";
import type { Brush, Fields, Range } from "./conditions";
import type { Field } from "./fields";
import { numbersOf, wordsOf } from "./runValues";

/** By run: 1 for those that are meant, else 0. */
export type Marks = Uint8Array;

/** Runs inside of every range. */
export function insideOf(brush: Brush, runs: readonly Run[], fields: Fields): Marks {
  const marks = new Uint8Array(runs.length).fill(1);
  for (const [id, range] of brush) {
    const field = fields.get(id);
    if (field === undefined) return marks.fill(0);
    narrow(marks, range, runs, field);
  }
  return marks;
}

function narrow(marks: Marks, range: Range, runs: readonly Run[], field: Field): void {
  if ("among" in range) {
    const words = wordsOf(runs, field);
    const among = new Set(range.among);
    const isAlias = (run: Run) => field.aliases?.(run).some((word) => among.has(word));
    for (let i = 0; i < marks.length; i++)
      if (!among.has(words[i] as string) && !isAlias(runs[i] as Run)) marks[i] = 0;
    return;
  }
  const numbers = numbersOf(runs, field);
  const { from, to } = range;
  for (let i = 0; i < marks.length; i++) {
    const number = numbers[i] as number;
    if (!(number >= from && number <= to)) marks[i] = 0; // NaN is in no range
  }
}

/** The marked ones, less those with a closed eye. */
export function withOpenEyes(marks: Marks, runs: readonly Run[], hidden: ReadonlySet<string>): Marks {
  if (hidden.size === 0) return marks;
  return marks.map((mark, i) => (hidden.has((runs[i] as Run).id) ? 0 : mark));
}

/** The marked ones of `items`, which stand in the order of the runs; the same list where all are. */
export function marked<T>(items: readonly T[], marks: Marks): readonly T[] {
  return marks.includes(0) ? items.filter((_, i) => marks[i] === 1) : items;
}
