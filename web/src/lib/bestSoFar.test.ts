import { describe, expect, it } from "vitest";
import { bestSoFar } from "./bestSoFar";

describe("the best so far", () => {
  it("only falls when minimizing", () => {
    expect(bestSoFar([3, 5, 2, 2, 4], "minimize")).toEqual([3, 3, 2, 2, 2]);
  });
  it("only rises when maximizing", () => {
    expect(bestSoFar([3, 5, 2], "maximize")).toEqual([3, 5, 5]);
  });
  it("passes over missing, infinite and undefined values", () => {
    expect(bestSoFar([null, Number.NaN, 4, Number.NEGATIVE_INFINITY, 3], "minimize")).toEqual([
      null,
      null,
      4,
      4,
      3,
    ]);
  });
});
