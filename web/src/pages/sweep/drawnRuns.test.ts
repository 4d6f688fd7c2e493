import { expect, it } from "vitest";
import { rankedRuns } from "../../view/rankedRuns";
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
  const view = { drawn: all, hidden: new Set<string>() };
  const least = drawnRuns(rankedRuns(all, { name: "loss", goal: "minimize" }), view, false, "good");
  expect(ids(least).slice(0, 3)).toEqual(["good", "failed", "bad"]);
  expect(least.map(({ emphasis }) => emphasis).slice(0, 3)).toEqual(["best", "dim", "normal"]);
  expect(rankedRuns(all, { name: "acc", goal: "maximize" })[0]?.id).toBe("bad");
});

it("greys what is brushed out, but never shows what is hidden", () => {
  const ranked = rankedRuns([good, bad, failed], { name: "loss", goal: "minimize" });
  const view = { drawn: [good], hidden: new Set(["failed"]) };
  expect(drawnRuns(ranked, view, true, undefined).map(({ run, emphasis }) => [run.id, emphasis])).toEqual([
    ["good", "normal"],
    ["bad", "dim"],
  ]);
  expect(ids(drawnRuns(ranked, view, false, undefined))).toEqual(["good"]);
});
