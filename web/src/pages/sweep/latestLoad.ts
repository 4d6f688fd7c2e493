/** How busy a machine is, from what its runs measured. */
import type { SystemCurve } from "../../api/types";

const GPU = /^gpu\.(\d+)\.gpu$/;
const CPU = "system.cpu";

/** `GPU 0 97 %, GPU 1 3 %, processor 41 %`, each as it was measured last; empty where nothing was. */
export function latestLoad(curves: readonly SystemCurve[]): string {
  const latest = new Map<string, { time: number; value: number }>();
  for (const { key, times, values } of curves) {
    const gpu = GPU.exec(key);
    const name = gpu !== null ? `GPU ${gpu[1]}` : key === CPU ? "processor" : null;
    const [time, value] = [times.at(-1), values.at(-1)];
    if (name === null || time === undefined || value === undefined) continue;
    const known = latest.get(name);
    if (known === undefined || known.time < time) latest.set(name, { time, value });
  }
  return [...latest]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([name, { value }]) => `${name} ${Math.round(value)} %`)
    .join(", ");
}
