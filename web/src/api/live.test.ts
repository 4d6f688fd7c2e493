import { expect, it } from "vitest";
import { backOff } from "./live";

it("waits longer after each failure, but never more than half a minute", () => {
  expect(backOff(0, 0.999)).toBeLessThanOrEqual(500);
  expect(backOff(3, 0.5)).toBe(3000);
  expect(backOff(30, 0.999)).toBeLessThanOrEqual(30_000);
});

it("spreads the attempts of many pages", () => {
  expect(backOff(4, 0)).not.toBe(backOff(4, 0.9));
});
