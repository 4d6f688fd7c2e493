/** Where the axes stand side by side. Pure. */

/** Least pixels at the left of the first axis and at the right of the last one, for what is written there. */
const [LEFT, RIGHT] = [44, 60];
const LEAST_BETWEEN = 84;
/** A title gets no more than this. */
const WIDEST = 180;
/** Of a title's character where fonts are wide, and of the room around all of them. */
const [CHARACTER, AROUND] = [9, 14];
const APART = 4;

export interface Places {
  /** Of each axis, from the left, in pixels. */
  xs: number[];
  /** Room for each title, whose middle is at its axis. */
  rooms: number[];
  /** Of the whole picture, which may be wider than what is `seen` of it. */
  width: number;
}

const halfOf = (title = "") => Math.min(WIDEST, title.length * CHARACTER + AROUND) / 2;

/** Axes at even distances over what is `seen`; where they find no room there, as far apart as their titles need. */
export function placesOf(titles: readonly string[], seen: number): Places {
  const last = titles.length - 1;
  const [left, right] = [Math.max(LEFT, halfOf(titles[0])), Math.max(RIGHT, halfOf(titles[last]))];
  if (last < 1 || left + right + LEAST_BETWEEN * last <= seen) {
    const between = last < 1 ? seen : (seen - left - right) / last;
    const room = (i: number) =>
      Math.min(WIDEST, between - APART, 2 * (i === last ? right : i === 0 ? left : WIDEST));
    return {
      xs: titles.map((_, i) => left + i * between),
      rooms: titles.map((_, i) => room(i)),
      width: seen,
    };
  }
  const rooms = titles.map(({ length }) =>
    Math.min(WIDEST, Math.max(LEAST_BETWEEN - APART, length * CHARACTER + AROUND)),
  );
  const halves = rooms.map((room) => room / 2);
  const xs: number[] = [];
  for (const [i, half] of halves.entries()) {
    const before = halves[i - 1];
    xs.push(before === undefined ? Math.max(LEFT, half) : (xs[i - 1] as number) + before + APART + half);
  }
  return { xs, rooms, width: (xs[last] as number) + Math.max(RIGHT, halves[last] as number) };
}
