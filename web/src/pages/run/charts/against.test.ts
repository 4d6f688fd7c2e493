import { describe, expect, it } from "vitest";
import type { MetricDefinition } from "../../../api/types";
import { chartKeys, defaultX, definitionOf, lastValue } from "./against";

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

it("draws a metric against the one that define_metric() named, never against itself", () => {
  const definitions = [define("val/*", { step_metric: "val/epoch" })];
  expect(["val/loss", "val/epoch", "loss"].map((key) => defaultX(key, definitions))).toEqual([
    "key:val/epoch",
    "step",
    "step",
  ]);
});
