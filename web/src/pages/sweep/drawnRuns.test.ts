import { expect, it } from "vitest";
import { runOf } from "../../view/testRuns";
import { drawnRuns } from "./drawnRuns";

const [good, bad, odd, none, failed] = [
  runOf("good", { best: 1 }),
  runOf("bad", { best: 9 }),
  runOf("odd", { best: Number.NaN }),
  runOf("none", { best: null, created: 5 }),
  runOf("failed", { best: 2, state: "failed" }),
];
const all = [bad, odd, failed, good, none];
const ids = (runs: ReturnType<typeof drawnRuns>) => runs.map(({ run }) => run.id);

it("draws the best first, and those without a value last", () => {
  const view = { drawn: all, matched: all, hidden: new Set<string>(), brush: new Map() };
  const least = drawnRuns(view, { name: "loss", goal: "minimize" }, "good");
  expect(ids(least).slice(0, 3)).toEqual(["good", "failed", "bad"]);
  expect(least.map(({ emphasis }) => emphasis).slice(0, 3)).toEqual(["best", "dim", "normal"]);
  expect(ids(drawnRuns(view, { name: "acc", goal: "maximize" }, undefined))[0]).toBe("bad");
});

it("greys what is brushed out, but never shows what is hidden", () => {
  const brush = new Map([["metric", { from: 0, to: 5 }]]);
  const view = { drawn: [good], matched: [good, bad, failed], hidden: new Set(["failed"]), brush };
  const runs = drawnRuns(view, { name: "loss", goal: "minimize" }, undefined);
  expect(runs.map(({ run, emphasis }) => [run.id, emphasis])).toEqual([
    ["good", "normal"],
    ["bad", "dim"],
  ]);
});
