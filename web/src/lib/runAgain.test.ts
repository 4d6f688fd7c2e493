import { describe, expect, it } from "vitest";
import type { Sweep } from "../api/types";
import { reachedLimits } from "./runAgain";

const sweep = (config: Record<string, unknown>, more: Partial<Sweep> = {}): Sweep =>
  ({ config, method: "random", run_count: 5, budget: [], ...more }) as Sweep;

describe("a point that is run again", () => {
  it("does not start where a limit is reached", () => {
    expect(reachedLimits(sweep({ run_cap: 6 }))).toEqual([]);
    expect(reachedLimits(sweep({ run_cap: 5 }))).toEqual(["run_cap 5"]);
    expect(reachedLimits(sweep({ budget: { runs: 5 } }))).toEqual(["budget.runs 5"]);
    expect(reachedLimits(sweep({ run_cap: 5 }, { method: "grid" }))).toEqual([]);
    const budget = [
      { key: "hours", used: 2, limit: 2 },
      { key: "gpu_hours", used: 1, limit: 2 },
    ];
    expect(reachedLimits(sweep({}, { budget }))).toEqual(["budget.hours 2"]);
  });
});
