/** Which parameters belong on a logarithmic axis. */
import type { Sweep } from "../api/types";
import type { Field } from "../view/fields";

type Values = Record<string, unknown>;

const isPlain = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Dotted names of those whose distribution is logarithmic, or whose values are listed in about equal ratios. */
export function logParams(config: Sweep["config"]): ReadonlySet<string> {
  return new Set(isPlain(config.parameters) ? names(config.parameters, "") : []);
}

const PARAM = "param:";

/** `logs`: as `logParams` finds them. */
export const isLogByItself = ({ id }: Field, logs: ReadonlySet<string>): boolean =>
  id.startsWith(PARAM) && logs.has(id.slice(PARAM.length));

function names(parameters: Values, prefix: string): string[] {
  return Object.entries(parameters).flatMap(([key, spec]) => {
    if (!isPlain(spec)) return [];
    if (isPlain(spec.parameters)) return names(spec.parameters, `${prefix}${key}.`);
    const log =
      String(spec.distribution ?? "").includes("log") ||
      (Array.isArray(spec.values) && inRatios(spec.values));
    return log ? [prefix + key] : [];
  });
}

/** 16, 32, 64, 128 or 1e-4, 1e-3, 1e-2: steps that differ by their sizes more than by their ratios. */
function inRatios(values: readonly unknown[]): boolean {
  const numbers = values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  if (numbers.length !== values.length || numbers.length < 3 || (numbers[0] as number) <= 0) return false;
  const pairs = numbers.slice(1).map((number, i) => [numbers[i] as number, number] as const);
  const spread = (steps: number[]) => Math.max(...steps) / Math.min(...steps);
  const ratios = spread(pairs.map(([a, b]) => Math.log(b / a)));
  return ratios < 3 && ratios < spread(pairs.map(([a, b]) => b - a));
}
