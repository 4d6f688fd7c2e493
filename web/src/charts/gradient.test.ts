import { expect, it } from "vitest";
import { blend, parseColor } from "./gradient";

it("reads colours as people and as computed styles write them", () => {
  expect(parseColor("#0a5fb4")).toEqual([10, 95, 180]);
  expect(parseColor("rgb(1, 2, 3)")).toEqual([1, 2, 3]);
});

it("runs through its stops in steps that look even", () => {
  const grey = blend(
    [
      [0, 0, 0],
      [255, 255, 255],
    ],
    3,
  );
  expect(grey[0]).toEqual([0, 0, 0]);
  expect(grey[2]).toEqual([255, 255, 255]);
  // Halfway for the eye is darker than half of the light.
  expect(grey[1]?.[0]).toBeCloseTo(99, -1);
});
