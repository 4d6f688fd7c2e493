import { describe, expect, it } from "vitest";
import { compareValues } from "./compare";

const sort = (values: unknown[]) => [...values].sort(compareValues);

describe("the order of a column", () => {
  it("takes numbers by size, also infinite ones", () => {
    expect(sort([10, 9, "-Infinity", 1e-3])).toEqual(["-Infinity", 1e-3, 9, 10]);
  });
  it("puts NaN behind all numbers", () => expect(sort(["NaN", 2, 1])).toEqual([1, 2, "NaN"]));
  it("puts text behind numbers", () => expect(sort(["sgd", 2])).toEqual([2, "sgd"]));
  it("takes numbers inside text by size", () => {
    expect(sort(["sweep-10", "sweep-9"])).toEqual(["sweep-9", "sweep-10"]);
  });
});
