import type { Run, Sweep } from "../api/types";
import { toNumber } from "./format";
import { searchSpace } from "./searchSpace";

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Nested values as `outer.inner` → value, in their order. Empty objects stay, so that nothing vanishes. */
export function flatten(values: Record<string, unknown>, prefix = ""): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(values)) {
    if (isPlain(value) && Object.keys(value).length > 0) {
      for (const [path, leaf] of flatten(value, `${prefix}${key}.`)) flat.set(path, leaf);
    } else flat.set(prefix + key, value);
  }
  return flat;
}

/** The value at `path`; keys may themselves contain dots. */
export function valueAt(values: Record<string, unknown> | null, path: string): unknown {
  if (values === null) return undefined;
  if (Object.hasOwn(values, path)) return values[path];
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const inner = values[path.slice(0, dot)];
    if (isPlain(inner)) {
      const found = valueAt(inner, path.slice(dot + 1));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const SAMPLE = 200;

/** The parameters worth a column: all that the sweep searches or computes, in the order of its configuration. */
export function searchedParams(sweep: Pick<Sweep, "config">, runs: readonly Pick<Run, "params">[]): string[] {
  const space = searchSpace(sweep.config);
  const fixed = new Set(space.filter(({ kind }) => kind === "fixed").map(({ name }) => name));
  const names = new Set(space.filter(({ kind }) => kind !== "fixed").map(({ name }) => name));
  // What tells repeats apart, and what a configuration says nothing of, is known from the runs.
  for (const run of runs.slice(0, SAMPLE)) {
    for (const name of flatten(run.params ?? {}).keys()) if (!fixed.has(name)) names.add(name);
  }
  return [...names];
}

/** What the sweep handed out; for a run that joined a sweep by itself, what its program says. */
export const paramOf = (run: Pick<Run, "params" | "config">, path: string): unknown =>
  valueAt(run.params ?? run.config, path);

/** Whether any of the runs has logged this number, be it NaN or infinite. */
export const hasLogged = (runs: readonly Pick<Run, "summary">[], name: string): boolean =>
  runs.some(({ summary }) => toNumber(valueAt(summary, name)) !== null);
