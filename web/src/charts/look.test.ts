import { expect, it } from "vitest";
import { stepRange } from "../api/curveRange";
import type { Line } from "./curves";
import { placeRange, valueRange } from "./look";

const OPEN = Number.POSITIVE_INFINITY;

it("shows what the axis has beyond an end that is left open", () => {
  expect(placeRange(null, [0, 500])).toEqual([0, 500]);
  expect(placeRange([10, 50], [0, 500])).toEqual([10, 50]);
  expect(placeRange([100, OPEN], [0, 500])).toEqual([100, 500]);
  expect(placeRange([-OPEN, 100], [0, 500])).toEqual([0, 100]);
  expect(stepRange(100, OPEN)).toEqual([0, 2 ** 53]);
});

it("is a range wherever its ends are", () => {
  expect(placeRange([600, OPEN], [0, 500])).toEqual([600, 1100]);
  expect(placeRange([-OPEN, -1], [0, 500])).toEqual([-501, -1]);
  expect(placeRange([50, 10], [0, 500])).toEqual([10, 50]);
});

it("has only places with a logarithm on a logarithmic axis", () => {
  expect(placeRange([-3, 50], [1, 500], true)).toEqual([1, 50]);
  expect(placeRange([0, -1], [1, 500], true)).toEqual([1, 500]);
  expect(placeRange([-OPEN, 0.5], [1, 100], true)).toEqual([0.005, 0.5]);
});

it("leaves out the outermost of the values in sight, not all that are in sight", () => {
  const steps = Array.from({ length: 100 }, (_, i) => i);
  const values = steps.map((step) => (step < 4 ? 1_000 - step : 1));
  const line: Line = { runId: "falls", emphasis: "normal", color: "", steps, values };
  const [, whole] = valueRange([line], { ignoreOutliers: true }, null);
  expect(whole).toBeLessThan(3);
  const [low, high] = valueRange([line], { ignoreOutliers: true }, [0, 3]);
  expect(low).toBeGreaterThan(900);
  expect(high).toBeGreaterThan(1_000);
});
