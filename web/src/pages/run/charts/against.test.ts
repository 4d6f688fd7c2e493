import { describe, expect, it } from "vitest";
import type { MetricDefinition } from "../../../api/types";
import { chartKeys, definitionOf, drawnAgainst, lastValue } from "./against";

const define = (name: string, rest: Partial<MetricDefinition> = {}): MetricDefinition => ({
  name,
  step_metric: null,
  summary: [],
  goal: null,
  hidden: false,
  ...rest,
});

describe("the definition of a metric", () => {
  const definitions = [define("*"), define("val/*"), define("val/loss")];
  it("is its own before any pattern", () =>
    expect(definitionOf("val/loss", definitions)?.name).toBe("val/loss"));
  it("is that of the longest pattern", () =>
    expect(definitionOf("val/acc", definitions)?.name).toBe("val/*"));
  it("is none where nothing fits", () => expect(definitionOf("loss", [define("val/*")])).toBeUndefined());
});

it("draws what has numbers, aggregates or no summary, and leaves hidden metrics out", () => {
  const summary = { _step: 3, loss: 1, name: "x", acc: { max: 0.9 }, epoch: 4, diverged: "NaN" };
  const definitions = [define("epoch", { hidden: true }), define("quiet", { summary: ["none"] })];
  expect(chartKeys(summary, definitions)).toEqual(["acc", "diverged", "loss", "quiet"]);
});

it("shows one number for aggregates", () => {
  expect(lastValue({ min: 1, max: 4 })).toBe(1);
  expect(lastValue({ _type: "image-file" })).toBeNull();
});

const curve = (steps: number[], values: (number | string)[]) => ({
  run_id: "r",
  key: "k",
  steps,
  values,
  total: 1,
});

describe("a curve against another", () => {
  it("stands where the other had the same step", () => {
    const line = drawnAgainst(curve([0, 10, 20], [3, 2, 1]), curve([0, 10, 20], [0, 1, 2]));
    expect([line.steps, line.values]).toEqual([
      [0, 1, 2],
      [3, 2, 1],
    ]);
  });
  it("stands between the other's neighbours where it was thinned, and at its last value behind the end", () => {
    expect(drawnAgainst(curve([5, 30], [3, 2]), curve([0, 10], [0, 1])).steps).toEqual([0.5, 1]);
  });
  it("is sorted, because the other need not rise", () => {
    expect(drawnAgainst(curve([0, 1], [7, 8]), curve([0, 1], [5, 4])).values).toEqual([8, 7]);
  });
});
