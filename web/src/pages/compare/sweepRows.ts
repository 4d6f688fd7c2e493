import type { Sweep } from "../../api/types";
import { STATES } from "../../components/StateIcon";
import { formatCount, formatDuration, formatNumber, formatTime, formatValue } from "../../lib/format";
import { sweepProgress } from "../../lib/progress";
import { searchSpace } from "../../lib/searchSpace";
import { type CompareRow, compareRow } from "./rows";

/** Result first, then how the sweep searches, then what each parameter may be. */
export function sweepRows(sweeps: readonly Sweep[]): CompareRow[] {
  const row = (part: string, name: string, cell: (sweep: Sweep) => string) =>
    compareRow(part, name, sweeps.map(cell));
  const spaces = sweeps.map(({ config }) => new Map(searchSpace(config).map((of) => [of.name, of.values])));
  const parameters = new Set(spaces.flatMap((space) => [...space.keys()]));
  const count = (value: number | null | undefined) => (value == null ? "–" : formatCount(value));
  return [
    row("Result", "Best value", ({ best }) => (best === null ? "–" : formatNumber(best.value, 8))),
    row("Result", "Best run", ({ best }) => best?.name ?? "–"),
    row("Result", "State", ({ state }) => STATES[state].word),
    row("Result", "Runs", ({ run_count }) => count(run_count)),
    row("Result", "Finished", (sweep) => count(sweepProgress(sweep).finished)),
    row("Result", "Stopped early or by hand", (sweep) => count(sweepProgress(sweep).stopped)),
    row("Result", "Failed", (sweep) => count(sweepProgress(sweep).failed)),
    row("Result", "Compute time", ({ compute_seconds }) => formatDuration(compute_seconds)),
    row("Search", "Metric", ({ metric }) => (metric === null ? "–" : `${metric.goal} ${metric.name}`)),
    row("Search", "Method", ({ method }) => method),
    row("Search", "Estimated runs", ({ expected_runs }) => count(expected_runs)),
    row("Search", "Early stopping", ({ config }) => stopping(config.early_terminate)),
    row("Search", "Program", ({ config }) => formatValue(config.program)),
    row("Search", "Created", ({ created, creator }) => `${formatTime(created)} by ${creator}`),
    ...[...parameters].map((name) =>
      compareRow(
        "Parameter",
        name,
        spaces.map((space) => space.get(name) ?? "–"),
      ),
    ),
  ];
}

/** The rule, then its settings: "median, min_iter 4". */
function stopping(rule: unknown): string {
  if (typeof rule !== "object" || rule === null) return formatValue(rule);
  const { type, ...settings } = rule as Record<string, unknown>;
  const words = Object.entries(settings).map(([key, value]) => `${key} ${formatValue(value)}`);
  return [formatValue(type), ...words].join(", ");
}
