/** What each metric is drawn against: the step, or the metric that define_metric() named. */
import type { MetricDefinition } from "../../../api/types";
import { toNumber } from "../../../lib/format";

/** The definition that holds for a key: its own, else that of the longest pattern that fits. */
export function definitionOf(
  key: string,
  definitions: readonly MetricDefinition[],
): MetricDefinition | undefined {
  let best: MetricDefinition | undefined;
  for (const definition of definitions) {
    if (definition.name === key) return definition;
    const fits = definition.name.endsWith("*") && key.startsWith(definition.name.slice(0, -1));
    if (fits && definition.name.length > (best?.name.length ?? 0)) best = definition;
  }
  return best;
}

/** As the settings of curves name it. */
export function defaultX(key: string, definitions: readonly MetricDefinition[]): string {
  const other = definitionOf(key, definitions)?.step_metric ?? null;
  return other === null || other === key ? "step" : `key:${other}`;
}

/** The keys worth a chart, sorted: numbers in the summary, or dicts of their aggregates, unless hidden. */
export function chartKeys(
  summary: Record<string, unknown>,
  definitions: readonly MetricDefinition[],
): string[] {
  const keys = Object.keys(summary).filter((key) => !key.startsWith("_") && lastValue(summary[key]) !== null);
  for (const { name, summary: kinds } of definitions) {
    if (kinds.includes("none") && !name.endsWith("*")) keys.push(name);
  }
  return [...new Set(keys)].filter((key) => !definitionOf(key, definitions)?.hidden).sort();
}

const KINDS = ["last", "best", "min", "max", "mean", "first"];

/** The number to show for a summary value, which may be the aggregates that define_metric() asked for. */
export function lastValue(value: unknown): number | null {
  const number = toNumber(value);
  if (number !== null || typeof value !== "object" || value === null) return number;
  for (const kind of KINDS) {
    const found = toNumber((value as Record<string, unknown>)[kind]);
    if (found !== null) return found;
  }
  return null;
}
