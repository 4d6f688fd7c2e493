/** What it takes to run a point of a sweep once more. Pure. */
import type { Run, Sweep } from "../api/types";
import { formatNumber } from "./format";

/** The parameters to queue: without the one that counts repeats, which is the server's to give. */
export function pointOf({ params }: Pick<Run, "params">, { config }: Pick<Sweep, "config">): Values {
  const point: Values = structuredClone(params ?? {});
  const repeat = config.repeat as { parameter?: unknown } | undefined;
  if (typeof repeat?.parameter === "string") drop(point, repeat.parameter);
  return point;
}

type Values = Record<string, unknown>;

function drop(values: Values, path: string): void {
  const dot = path.indexOf(".");
  if (Object.hasOwn(values, path)) delete values[path];
  else if (dot > 0) {
    const inner = values[path.slice(0, dot)];
    if (typeof inner === "object" && inner !== null) drop(inner as Values, path.slice(dot + 1));
  }
}

/** The limits that a sweep has reached, as `run_cap 20`: with one of them nothing that is queued will start. */
export function reachedLimits({ config, method, run_count, budget = [] }: Sweep): string[] {
  const of = config.budget as { runs?: unknown } | undefined;
  const [name, cap] = config.run_cap === undefined ? ["budget.runs", of?.runs] : ["run_cap", config.run_cap];
  // Of a grid the run before is deleted, and counts no more.
  const isFull = typeof cap === "number" && method !== "grid" && run_count >= cap;
  return [
    ...(isFull ? [`${name} ${cap}`] : []),
    ...budget
      .filter(({ used, limit }) => used >= limit)
      .map(({ key, limit }) => `budget.${key} ${formatNumber(limit)}`),
  ];
}
