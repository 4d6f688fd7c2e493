import { expect, it } from "vitest";
import { extent, lowerBound, toLine } from "./curves";

const curve = { run_id: "r", key: "loss", steps: [0, 5, 9], values: [3, "NaN", 1], total: 3 };

it("spans the finite values only", () => {
  expect(extent([toLine(curve, "normal")])).toEqual({ x: [0, 9], y: [1, 3] });
  expect(extent([toLine({ ...curve, values: ["NaN", "NaN", "Infinity"] }, "normal")])).toBeNull();
});

it("finds the first step that is not below a value", () => {
  expect([-1, 0, 4, 9, 10].map((value) => lowerBound([0, 5, 9], value))).toEqual([0, 0, 1, 2, 3]);
});
