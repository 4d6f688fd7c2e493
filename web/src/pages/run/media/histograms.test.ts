import { expect, it } from "vitest";
import { edges, rebinned } from "./histograms";

const histogram = (values: number[], bins: number[]) => ({ _type: "histogram" as const, values, bins });

it("spreads a bin over all rows that it covers, and keeps the number of values", () => {
  expect(rebinned(histogram([4, 8], [0, 1, 2]), 0, 2, 4)).toEqual([2, 2, 4, 4]);
  const counts = rebinned(histogram([3, 5], [0.1, 0.6, 1.7]), 0, 2, 7);
  expect(counts.reduce((sum, count) => sum + count)).toBeCloseTo(8);
});

it("spans all histograms", () => {
  expect(edges([histogram([1], [0, 1]), histogram([1], [-2, 0.5])])).toEqual([-2, 1]);
});
