/** What two texts have in common, line by line. Pure. */

export interface DiffLine {
  /** Counted from 1. */
  number: number;
  text: string;
}

/** Lines that stand beside each other; null where the other text has nothing there. */
export interface DiffRow {
  left: DiffLine | null;
  right: DiffLine | null;
  same: boolean;
}

/** More changes than these between two texts, and the time for the shortest list of them would be felt: all that is between is then changed. */
const MOST_EDITS = 800;

/** The rows of both texts in their order, with as few changed ones as can be: Myers, "An O(ND) difference algorithm", 1986. */
export function diffLines(left: readonly string[], right: readonly string[]): DiffRow[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  )
    tail += 1;
  const pairs = commonPairs(left.slice(head, left.length - tail), right.slice(head, right.length - tail));
  const matches: (readonly [number, number])[] = [
    ...Array.from({ length: head }, (_, i) => [i, i] as const),
    ...pairs.map(([i, j]) => [i + head, j + head] as const),
    ...Array.from({ length: tail }, (_, i) => [left.length - tail + i, right.length - tail + i] as const),
  ];
  return rowsOf(left, right, matches);
}

/** Places of equal lines, in the order of both. */
function commonPairs(left: readonly string[], right: readonly string[]): [number, number][] {
  const most = Math.min(left.length + right.length, MOST_EDITS);
  /** By diagonal: how far in `left` one gets with so many edits; one such map for each number of edits. */
  const trace: Map<number, number>[] = [];
  const reach = new Map([[1, 0]]);
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(new Map(reach));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = cameDown(reach, diagonal, edits)
        ? (reach.get(diagonal + 1) as number)
        : (reach.get(diagonal - 1) as number) + 1;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x += 1;
      reach.set(diagonal, x);
      if (x >= left.length && x - diagonal >= right.length) return walkBack(trace, left.length, right.length);
    }
  }
  return [];
}

/** Whether the best way to a diagonal adds a line of the right text, and not leaves one of the left out. */
const cameDown = (reach: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean =>
  diagonal === -edits ||
  (diagonal !== edits && (reach.get(diagonal - 1) as number) < (reach.get(diagonal + 1) as number));

function walkBack(trace: readonly Map<number, number>[], width: number, height: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [width, height];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits] as Map<number, number>;
    const diagonal = x - y;
    const before = cameDown(reach, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const from = reach.get(before) as number;
    while (x > from && y > from - before && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    if (edits > 0) [x, y] = [from, from - before];
  }
  return pairs.reverse();
}

/** Between two matches the lines of both sides stand beside each other as changed ones. */
function rowsOf(
  left: readonly string[],
  right: readonly string[],
  matches: readonly (readonly [number, number])[],
): DiffRow[] {
  const rows: DiffRow[] = [];
  let [i, j] = [0, 0];
  const line = (texts: readonly string[], at: number, end: number): DiffLine | null =>
    at < end ? { number: at + 1, text: texts[at] as string } : null;
  for (const [a, b] of [...matches, [left.length, right.length] as const]) {
    for (; i < a || j < b; i += 1, j += 1)
      rows.push({ left: line(left, i, a), right: line(right, j, b), same: false });
    [i, j] = [a, b];
    if (a < left.length && b < right.length) {
      rows.push({ left: line(left, a, a + 1), right: line(right, b, b + 1), same: true });
      [i, j] = [a + 1, b + 1];
    }
  }
  return rows;
}

/** Rows to show, or how many equal ones are left out between them. */
export type Shown = DiffRow | { skipped: number };

const CONTEXT = 3;

/** Changed rows with a few equal ones around them. */
export function folded(rows: readonly DiffRow[]): Shown[] {
  const shown: Shown[] = [];
  const near = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    if (!row.same) near.fill(1, Math.max(0, i - CONTEXT), i + CONTEXT + 1);
  });
  rows.forEach((row, i) => {
    const last = shown.at(-1);
    if (near[i] === 1) shown.push(row);
    else if (last !== undefined && "skipped" in last) last.skipped += 1;
    else shown.push({ skipped: 1 });
  });
  return shown;
}
