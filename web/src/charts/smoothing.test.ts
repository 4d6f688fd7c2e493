import { expect, it } from "vitest";
import { smooth } from "./smoothing";

it("begins an exponential average at the first value, not at zero", () => {
  expect(smooth([4, 4, 4], "ema", 0.9)).toEqual([4, 4, 4].map((value) => expect.closeTo(value)));
  const [first, second] = smooth([1, 3], "ema", 0.5);
  expect([first, second]).toEqual([1, expect.closeTo((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75)]);
});

it("keeps gaps, and looks across them", () => {
  for (const kind of ["ema", "gaussian", "mean"] as const) {
    expect(smooth([1, null, Number.NaN, 1], kind, 0.5)).toEqual([1, null, Number.NaN, expect.closeTo(1)]);
  }
});

it("averages over as many values as asked for, fewer at the ends", () => {
  expect(smooth([0, 3, 6, 9], "mean", 3)).toEqual([1.5, 3, 6, 7.5]);
});

it("keeps a straight line straight inside, and a spike's place, under a Gaussian", () => {
  const smoothed = smooth([0, 0, 0, 8, 0, 0, 0], "gaussian", 2) as number[];
  expect(smoothed.indexOf(Math.max(...smoothed))).toBe(3);
  expect(smoothed[2]).toBeCloseTo(smoothed[4] as number);
});

it("smooths a thinned curve as much as the whole one", () => {
  const whole = Array.from({ length: 101 }, (_, i) => i);
  const thinned = whole.filter((i) => i % 10 === 0);
  const last = (smooth(whole, "ema", 0.9) as number[]).at(-1) as number;
  expect(
    Math.abs(((smooth(thinned, "ema", 0.9, () => 10) as number[]).at(-1) as number) - last),
  ).toBeLessThan(5);
});

it("leaves values alone when nothing is asked for", () => {
  const values = [3, 1, 2];
  expect(smooth(values, "none", 0.9)).toBe(values);
});
