import { describe, expect, it } from "vitest";
import { flatten, hasLogged, paramOf, searchedParams, valueAt } from "./params";

it("flattens nested values with dots and keeps empty ones", () => {
  expect([...flatten({ a: { b: 1, c: [2] }, d: {} })]).toEqual([
    ["a.b", 1],
    ["a.c", [2]],
    ["d", {}],
  ]);
});

describe("the value at a path", () => {
  it("is found in nested values", () => expect(valueAt({ a: { b: 0 } }, "a.b")).toBe(0));
  it("is found where the key itself has a dot", () => expect(valueAt({ a: { "b.c": 1 } }, "a.b.c")).toBe(1));
  it("is undefined where there is none", () => expect(valueAt({ a: 1 }, "a.b")).toBeUndefined());
});

it("knows a number that was logged, though it was never finite", () => {
  const runs = [{ summary: {} }, { summary: { val: { loss: "NaN" }, name: "x" } }];
  expect(["val/loss", "val.loss", "name", "loss"].map((name) => hasLogged(runs, name))).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

it("reads a parameter from the configuration of a run that was not handed out", () => {
  expect(paramOf({ params: null, config: { lr: 1 } }, "lr")).toBe(1);
});

describe("the parameters with a column", () => {
  const config = {
    parameters: {
      lr: { min: 0, max: 1 },
      model: { parameters: { depth: { values: [1, 2] }, kind: { value: "cnn" } } },
      epochs: { value: 10 },
      only: { values: [3] },
    },
  };
  it("are those that the sweep searches, in its order", () => {
    expect(searchedParams({ config }, [])).toEqual(["lr", "model.depth"]);
  });
  it("include derived ones that only runs know", () => {
    const runs = [{ params: { lr: 0.1, warmup: 5, epochs: 10, model: { depth: 1, kind: "cnn" } } }];
    expect(searchedParams({ config }, runs)).toEqual(["lr", "model.depth", "warmup"]);
  });
});
