/** How the search came to a run, and why it ended it, in words. The records are the server's: see `Run.why`. */
import type { Run } from "../api/types";
import type { Goal } from "./bestSoFar";
import { formatNumber, formatShare, ordinal, plural } from "./format";

export type Why = NonNullable<Run["why"]>;

const WORDS: Record<string, string> = {
  initial_design: "initial design",
  enqueued: "queued by hand",
  queued: "queued by hand",
};

const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Which repeat of a configuration: [2, 3] is the second of three; null for the first and for single runs. */
function repeated(why: Why): [nth: number, times: number] | null {
  const [nth, times] = [number(why.repeat), number(why.times)];
  return nth !== null && times !== null && nth > 1 ? [nth, times] : null;
}

/** One or two words: improving, exploring, initial design, start_with, repeat 2 of 3. */
export function whyWord(why: Run["why"]): string | null {
  if (why === null) return null;
  const [attempt, attempts] = [number(why.attempt), number(why.attempts)];
  if (attempt !== null && attempts !== null) return `try ${attempt} of ${attempts}`;
  const again = repeated(why);
  if (again !== null) return `repeat ${again[0]} of ${again[1]}`;
  const kind = text(why.kind) ?? text(why.method);
  return kind === null ? null : (WORDS[kind] ?? kind);
}

/** One sentence. `metric`: the name of the sweep's own, where it has one. */
export function whySentence(why: Why, metric: string | null): string {
  const [predicted, std, incumbent] = [number(why.predicted), number(why.std), number(why.incumbent)];
  const expected =
    predicted === null ? null : `${metric ?? "a value"} of ${formatNumber(predicted, 4)}${plusMinus(std)}`;
  const best = incumbent === null ? null : formatNumber(incumbent, 4);
  const kind = text(why.kind);
  const again = repeated(why);
  if (again !== null)
    return sentence(text(why.reason) ?? `repeat ${again[0]} of ${again[1]} of a configuration`);
  if (kind === "improving" && expected !== null) {
    const against = best === null ? "" : `; the best place it knew stood at ${best}`;
    return `The search expected it to do well: ${expected}${against}.`;
  }
  if (kind === "exploring" && expected !== null) {
    const beat =
      best === null ? "a surprise is possible" : `it might beat the best place it knew, at ${best}`;
    return `The search knew little of this region: ${expected} was expected there, so ${beat}.`;
  }
  const point = number(why.point);
  if (point !== null && (kind === "grid" || why.method === "grid")) {
    const of = number(why.of);
    return `Point ${formatNumber(point + 1)}${of === null ? "" : ` of ${formatNumber(of)}`} of the grid.`;
  }
  return sentence(
    text(why.reason) ?? OTHERWISE[kind ?? ""] ?? `Chosen by ${text(why.method) ?? "the sweep"}`,
  );
}

const OTHERWISE: Record<string, string> = {
  initial_design: "One of the first runs, which are spread over the whole space",
  random: "Drawn at random",
  start_with: "Listed in start_with, to be tried before anything else",
  enqueued: "Queued by hand",
  repeat: "Another run of a configuration",
  controller: "Chosen by the sweep's controller",
  engine: "Chosen by the sweep's search engine",
};

const plusMinus = (std: number | null): string => (std === null ? "" : ` ± ${formatNumber(std, 2)}`);

const sentence = (words: string): string => {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

/** What came of a prediction; null without one, or before there is a value. */
export function whatCame(why: Why, got: number | null, goal: Goal): string | null {
  const [predicted, std] = [number(why.predicted), number(why.std)];
  if (predicted === null || got === null) return null;
  const value = formatNumber(got, 4);
  if (std !== null && Math.abs(got - predicted) <= std) return `It came to ${value}, as expected.`;
  const better = goal === "minimize" ? got < predicted : got > predicted;
  return `It came to ${value}, ${better ? "better" : "worse"} than expected.`;
}

/** The chance that the run would not break, where the search had reason to doubt. */
export function doubt(why: Why): string | null {
  const probability = number(why.probability_of_success);
  if (probability === null || probability >= 0.95) return null;
  return `The search gave it a chance of ${formatShare(probability)} not to fail.`;
}

export interface Nearest {
  id: string;
  value: number | null;
  distance: number | null;
}

/** The run with a result that lay closest when the point was chosen. */
export function nearestRun(why: Why): Nearest | null {
  const nearest = why.nearest as Record<string, unknown> | null | undefined;
  const id = text(nearest?.id);
  if (nearest === null || nearest === undefined || id === null) return null;
  return { id, value: number(nearest.value), distance: number(nearest.distance) };
}

const TOLD = new Set([
  "kind",
  "reason",
  "predicted",
  "std",
  "incumbent",
  "nearest",
  "repeat",
  "times",
  "attempt",
  "attempts",
  "after",
]);

/** What the sentences leave out. */
export const furtherFacts = (why: Why): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(why)
      .filter(([key, value]) => !TOLD.has(key) && value !== null && value !== undefined)
      .map(([key, value]) => [key.replaceAll("_", " "), value]),
  );

/** Why early stopping ended a run; one that is not over yet may take a while to do as it was told. */
export function stopSentence(stopped: NonNullable<Run["stopped"]>, isOver: boolean): string {
  const { rule, rung, value, threshold, rank, of } = stopped;
  const what = `${sentenceRule(rule)} ${isOver ? "ended it" : "told it to stop"} at its ${ordinal(rung)} value: ${formatNumber(value, 4)}`;
  if (threshold === null || threshold === undefined) return `${what} was not good enough.`;
  const place =
    rule === "median"
      ? `, the median${of == null ? "" : ` of the ${plural(of, "run")} that had come so far`}`
      : rank == null
        ? ""
        : `, the ${rank === 1 ? "best" : `${ordinal(rank)} best`}${
            of == null ? "" : ` of the ${plural(of, "run")} that had come so far`
          }`;
  return `${what} is worse than ${formatNumber(threshold, 4)}${place}.`;
}

const sentenceRule = (rule: string): string => (rule === "" ? "Early stopping" : `Early stopping by ${rule}`);
