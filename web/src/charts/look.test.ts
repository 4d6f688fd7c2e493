import { expect, it } from "vitest";
import { stepRange } from "../api/curveRange";
import { placeRange } from "./look";

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
