import { expect, it } from "vitest";
import type { Field } from "../../view/fields";
import { runOf } from "../../view/testRuns";
import { barsAmong, barsOfGroups, barsOfRuns, reachOf } from "./bars";

const field = (name: string): Field => ({
  id: `summary:${name}`,
  label: name,
  part: "Summary",
  kind: "number",
  key: null,
  read: (run) => run.summary[name],
});
const loss = field("loss");
const RUNS = [3, 1, 2, "NaN", undefined].map((value, i) =>
  runOf(`run-${i}`, { summary: { loss: value, size: i % 2 === 0 ? 16 : 8 } }),
);

it("runs with a number have a bar, the best first", () => {
  expect(barsOfRuns(RUNS, loss, "minimize").map(({ name }) => name)).toEqual(["run-1", "run-2", "run-0"]);
  expect(barsOfRuns(RUNS, loss, null).map(({ value }) => value)).toEqual([3, 2, 1]);
});

it("bars of some of the runs keep their order", () => {
  const some = [RUNS[3], RUNS[0], RUNS[1]].filter((run) => run !== undefined);
  expect(barsAmong(barsOfRuns(RUNS, loss, null), some).map(({ name }) => name)).toEqual(["run-0", "run-1"]);
});

it("a group is the mean of its runs, groups stand in the order of their values", () => {
  const bars = barsOfGroups(RUNS, loss, field("size"));
  expect(bars.map(({ name, value, deviation }) => [name, value, deviation])).toEqual([
    ["8", 1, 0],
    ["16", 2.5, Math.SQRT1_2],
  ]);
});

it("bars begin at zero whatever their signs", () => {
  const bar = (value: number, deviation: number | null = null) => ({ name: "", value, deviation, runs: [] });
  expect(reachOf([bar(4), bar(2, 3)])).toEqual([-1, 5]);
  expect(reachOf([bar(-4)])).toEqual([-4, 0]);
  expect(reachOf([bar(0)])).toEqual([0, 1]);
});
