/** Importance in words and numbers. */
import type { Importance, ParameterImportance } from "../../api/types";
import { formatCount, plural } from "../../lib/format";

/** With its sign, which its colour only repeats: +0.82, −0.31, 0.00. */
export function formatCorrelation(r: number): string {
  const size = Math.abs(r).toFixed(2);
  if (size === "0.00") return size;
  return (r > 0 ? "+" : "−") + size;
}

/** The strength of a correlation, as people put it. */
export function strength(r: number): string {
  const size = Math.abs(r);
  if (size < 0.1) return "none to speak of";
  const word = size > 0.7 ? "strong" : size > 0.4 ? "moderate" : "weak";
  return `${word}, ${r > 0 ? "rises" : "falls"} with it`;
}

/** How far the ranks tell another story than the straight line; null where they agree. */
export function steadier(correlation: number | null, rank: number | null): number | null {
  if (correlation === null || rank === null) return null;
  return Math.abs(rank) - Math.abs(correlation) > 0.15 ? rank : null;
}

/** What the numbers rest on. */
export function basis({ runs, left_out, metric, method, best_runs, fit, goal }: Importance): string[] {
  const left =
    left_out === 0 ? "" : `; ${formatCount(left_out)} more broke or have no value of ${metric ?? "it"}`;
  const sentences = [`From ${plural(runs, "run")}${left}.`];
  if (method === "ped_anova" && best_runs !== null) {
    const end = goal === "minimize" ? "lowest" : "highest";
    sentences.push(`Asks what tells the ${best_runs} with the ${end} ${metric} from the others.`);
  } else if (fit !== null) {
    const share = Math.round(100 * Math.max(0, fit));
    sentences.push(`The forest predicts ${share} % of the variance of runs it has not seen.`);
  }
  return sentences;
}

/** Whether anything was found: else all shares are 0, and the reason says so. */
export const hasShares = ({ parameters }: Importance): boolean =>
  parameters.some(({ importance }) => importance > 0);

/** Values of a category; the others when they are asked for. */
const VALUES_TOLD = 4;

/**
 * How many values of each parameter are told of at first: of a category none where not all of those find room in what
 * the parameters leave of `rows`.
 */
export function valuesTold(parameters: readonly ParameterImportance[], rows: number): number[] {
  let left = rows - parameters.length;
  return parameters.map(({ values }) => {
    const needed = Math.min(values.length, VALUES_TOLD + 1); // one says that there are others
    if (needed > left) return 0;
    left -= needed;
    return Math.min(values.length, VALUES_TOLD);
  });
}

/** The same in the few words that the short form has room for. */
export function shortBasis(found: Importance): string {
  if (!hasShares(found)) return found.reason;
  if (found.reason !== "") return "The order may be chance.";
  return `Explains ${Math.round(100 * (found.fit ?? 0))} % of the variance.`;
}

export type Trust = "high" | "fair" | "low";

/** How much the forest's shares may be leant on. */
export const trustIn = (fit: number): Trust => (fit >= 0.6 ? "high" : fit >= 0.25 ? "fair" : "low");
