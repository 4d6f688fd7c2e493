import { expect, it } from "vitest";
import { quantilesOf } from "./ranges";

const itself = (value: number) => value;

it("numbers are divided into parts of about as many, in their order", () => {
  expect(quantilesOf([5, 1, 4, 2, 3, 6], 3, itself)).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(quantilesOf([2, 1], 4, itself)).toEqual([[1], [2]]);
  expect(quantilesOf([], 4, itself)).toEqual([]);
});

it("equal numbers stay together", () => {
  expect(quantilesOf([7, 7, 7, 7, 8], 2, itself)).toEqual([[7, 7, 7, 7], [8]]);
  expect(quantilesOf([7, 7, 7], 3, itself)).toEqual([[7, 7, 7]]);
});
