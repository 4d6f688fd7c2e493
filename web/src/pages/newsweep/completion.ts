/** What may be written at a place of a sweep's configuration: keys of the block that the caret is in, or values of a key. */

export interface Completion {
  /** What is written, without what follows it. */
  label: string;
  /** In a few words, what it means. */
  hint: string;
  /** What takes the place of the word at the caret. */
  insert: string;
}

export interface Place {
  /** Keys above the caret, outermost first. */
  path: string[];
  /** Set where the caret stands behind `key:`. */
  key: string | null;
  /** What is typed of the word already. */
  word: string;
}

const TOP: Record<string, string> = {
  method: "grid, random or bayes",
  parameters: "what is searched, and over which values",
  metric: "what the search makes better",
  program: "what agents start",
  name: "of the sweep, as lists show it",
  description: "notes on the sweep",
  run_cap: "how many runs there are at most",
  budget: "ends the sweep after hours, or without improvement",
  retry: "tries again what broke",
  early_terminate: "stops runs that will not be good",
  command: "words of the command line",
  seed: "makes the whole search repeatable",
  forbid: "combinations that are never run",
  repeat: "runs each configuration several times",
  start_with: "points that are tried first",
  zip: "lists whose values advance together",
  grid_order: "sorted or random",
  priority: "agents of the whole project serve the highest first; 0 by default",
};

const PARAMETER: Record<string, string> = {
  min: "the smallest number",
  max: "the largest number",
  distribution: "how numbers are drawn",
  values: "a list to choose from",
  value: "one value for all runs",
  probabilities: "a share for each of values",
  q: "numbers are multiples of it",
  mu: "the mean of a normal distribution",
  sigma: "its standard deviation",
  when: "exists only where this holds",
  expr: "computed from other parameters",
  parameters: "a group of parameters",
};

const BLOCKS: Record<string, Record<string, string>> = {
  metric: {
    name: "as the program logs it",
    goal: "minimize or maximize",
    target: "the sweep ends when a run reaches it",
    use: "best, last or mean_last_5",
  },
  early_terminate: {
    type: "hyperband, asha or median",
    min_iter: "values after which a run is judged first",
    eta: "one in so many goes on",
    max_iter: "values that a whole run logs",
    s: "brackets counted down from max_iter",
    strict: "judge by the value, not the best so far",
    min_runs: "runs that must have come as far",
    interval: "values between two judgements",
  },
  budget: {
    runs: "how many there are at most",
    hours: "for which the sweep runs",
    gpu_hours: "of all runs together",
    no_improvement_in: "runs in a row without a better one",
  },
  retry: { max: "tries after the first", on: "crashed, failed" },
  repeat: { times: "runs of each configuration", parameter: "that gets another value each time" },
};

const VALUES: Record<string, Record<string, string>> = {
  method: {
    grid: "every combination once",
    random: "independent draws",
    bayes: "learns from the runs so far",
  },
  goal: { minimize: "less is better", maximize: "more is better" },
  use: {
    best: "the best value of a run",
    last: "its last value",
    mean_last_5: "the mean of its last five values",
  },
  type: {
    hyperband: "brackets, as W&B has them",
    asha: "halving without waiting",
    median: "stops what is worse than the median",
  },
  grid_order: { sorted: "as written", random: "shuffled" },
  distribution: {
    uniform: "all numbers alike",
    log_uniform_values: "all magnitudes alike",
    int_uniform: "whole numbers",
    q_uniform: "in steps of q",
    q_log_uniform_values: "magnitudes, in steps of q",
    normal: "around mu",
    log_normal: "exp of a normal number",
    beta: "between 0 and 1",
    categorical: "one of values",
    constant: "one value",
  },
  strict: { true: "", false: "" },
};

const KEY = /^(\s*)(?:- )?([\w.-]+):/;
const MOST = 12;

/** Where the caret is, for a caret behind `column` characters of line `line` (from 0). */
export function placeOf(lines: readonly string[], line: number, column: number): Place {
  const before = (lines[line] ?? "").slice(0, column);
  const word = /[\w-]*$/.exec(before)?.[0] ?? "";
  const path: string[] = [];
  let indent = before.search(/\S|$/);
  for (let above = line - 1; above >= 0 && indent > 0; above--) {
    const found = KEY.exec(lines[above] ?? "");
    if (found?.[1] === undefined || found[2] === undefined || found[1].length >= indent) continue;
    path.unshift(found[2]);
    indent = found[1].length;
  }
  const inFlow = /([\w.-]+):\s*\{[^{}]*$/.exec(before);
  if (inFlow?.[1] !== undefined) path.push(inFlow[1]);
  const key = /([\w.-]+):\s*[\w-]*$/.exec(before)?.[1] ?? null;
  return { path, key, word };
}

/** What may stand there and begins with what is typed; nothing inside comments and text of one's own. */
export function completionsAt(lines: readonly string[], line: number, column: number): Completion[] {
  const before = (lines[line] ?? "").slice(0, column);
  if (/(^|\s)#/.test(before) || /["']/.test(before)) return [];
  const place = placeOf(lines, line, column);
  const isKey = place.key === null;
  if (isKey && !/(^\s*(- )?|[{,]\s*)[\w-]*$/.test(before)) return [];
  const known = isKey ? keysIn(place.path) : (VALUES[place.key ?? ""] ?? {});
  return Object.entries(known)
    .filter(([label]) => label.startsWith(place.word) && label !== place.word)
    .slice(0, MOST)
    .map(([label, hint]) => ({ label, hint, insert: isKey ? `${label}: ` : label }));
}

function keysIn(path: readonly string[]): Record<string, string> {
  const block = path.at(-1);
  if (block === undefined) return TOP;
  if (path[0] === "parameters") return block === "parameters" || block === "when" ? {} : PARAMETER;
  return path.length === 1 ? (BLOCKS[block] ?? {}) : {};
}

/** What the next line begins with: the same indentation, one level deeper behind a key without a value. */
export function indentAfter(before: string): string {
  const indent = /^\s*/.exec(before)?.[0] ?? "";
  return /:\s*$/.test(before) ? `${indent}  ` : indent;
}
