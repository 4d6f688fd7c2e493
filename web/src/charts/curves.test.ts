import { expect, it } from "vitest";
import { extent, type Line, lowerBound } from "./curves";

const line = (values: Line["values"]): Line => ({
  runId: "r",
  emphasis: "normal",
  color: "#000000",
  steps: [0, 5, 9],
  values,
});

it("spans the finite values only", () => {
  expect(extent([line([3, Number.NaN, 1])])).toEqual({ x: [0, 9], y: [1, 3] });
  expect(extent([line([Number.NaN, null, Number.POSITIVE_INFINITY])])).toBeNull();
});

it("finds the first step that is not below a value", () => {
  expect([-1, 0, 4, 9, 10].map((value) => lowerBound([0, 5, 9], value))).toEqual([0, 0, 1, 2, 3]);
});
