/** Finding names: as people type them in a hurry, letter by letter, or as a pattern. */

const MATCHES = ["fuzzy", "exact", "regex"] as const;
export type Match = (typeof MATCHES)[number];

/**
 * How well `name` answers what was typed, 0 for not at all: all letters in their order, better when they stand
 * together, and best at the beginning.
 */
function fuzzyScore(typed: string, name: string): number {
  if (typed === "") return 1;
  const wanted = typed.toLowerCase();
  const text = name.toLowerCase();
  const whole = text.indexOf(wanted);
  if (whole >= 0) return 1_000 - Math.min(whole, 400) - Math.min(text.length - wanted.length, 400);
  let score = 1;
  let last = -2;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const at = text.indexOf(letter, last + 1);
    if (at < 0) return 0;
    score += at === last + 1 ? 4 : 1;
    last = at;
  }
  return Math.min(score, 100);
}

/** What matches, the best first where matches differ in how good they are. A broken pattern matches nothing. */
export function found<T>(
  typed: string,
  match: Match,
  all: readonly T[],
  name: (one: T) => string,
): readonly T[] {
  if (typed === "") return all;
  if (match === "exact") return all.filter((one) => name(one).includes(typed));
  if (match === "regex") {
    try {
      const pattern = new RegExp(typed, "i");
      return all.filter((one) => pattern.test(name(one)));
    } catch {
      return [];
    }
  }
  return all
    .map((one) => ({ one, score: fuzzyScore(typed, name(one)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one);
}
