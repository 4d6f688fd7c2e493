import { describe, expect, it } from "vitest";
import { conditionWords, searchSpace } from "./searchSpace";

const parameters = {
  lr: { distribution: "log_uniform_values", min: 0.0001, max: 0.1 },
  depth: { distribution: "int_uniform", min: 1, max: 8 },
  dropout: { distribution: "q_uniform", min: 0, max: 0.5, q: 0.1 },
  noise: { distribution: "normal", mu: 0, sigma: 2 },
  old: { distribution: "log_uniform", min: -3, max: 0 },
  inverse: { distribution: "inv_log_uniform", min: 0, max: 5 },
  optimizer: { distribution: "categorical", values: ["sgd", null], probabilities: [0.75, 0.25] },
  epochs: { distribution: "constant", value: 20 },
  warmup: { expr: "2 * depth" },
  head: {
    when: "depth >= 4",
    parameters: {
      width: { distribution: "categorical", values: [1, 2], when: { optimizer: ["sgd", "adam"], depth: 5 } },
    },
  },
};

it("tells every parameter in words, with what must hold for it to exist", () => {
  expect(searchSpace({ parameters })).toEqual([
    { name: "lr", kind: "searched", values: "0.0001 to 0.1, log scale", when: [] },
    { name: "depth", kind: "searched", values: "1 to 8, whole numbers", when: [] },
    { name: "dropout", kind: "searched", values: "0 to 0.5, in steps of 0.1", when: [] },
    { name: "noise", kind: "searched", values: "normal, mu 0, sigma 2", when: [] },
    { name: "old", kind: "searched", values: "e^−3 to e^0, log scale", when: [] },
    { name: "inverse", kind: "searched", values: "e^−5 to e^0, log scale", when: [] },
    { name: "optimizer", kind: "searched", values: "sgd (75 %), null (25 %)", when: [] },
    { name: "epochs", kind: "fixed", values: "20", when: [] },
    { name: "warmup", kind: "derived", values: "2 * depth", when: [] },
    {
      name: "head.width",
      kind: "searched",
      values: "1, 2",
      when: ["depth >= 4", "optimizer is sgd or adam, and depth is 5"],
    },
  ]);
});

describe("a condition", () => {
  it("that is a formula stays one", () => expect(conditionWords("lr > 0.1")).toBe("lr > 0.1"));
});

it("has nothing to tell of a sweep without parameters", () => expect(searchSpace({})).toEqual([]));
