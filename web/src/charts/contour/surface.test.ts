import { describe, expect, it } from "vitest";
import { bandwidthFor, surfaceOf, valueAt } from "./surface";

const random = (seed: number) => () => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
};

describe("a surface through the runs", () => {
  const next = random(7);
  const points = Array.from({ length: 400 }, () => [next(), next()] as const);
  const values = points.map(([x, y]) => 2 * x - y);
  const surface = surfaceOf(
    points.map(([x]) => x),
    points.map(([, y]) => y),
    values,
    bandwidthFor(400),
  );
  it("is near the values where there are some", () => {
    for (const [x, y] of [
      [0.3, 0.3],
      [0.5, 0.7],
      [0.7, 0.4],
    ] as const)
      expect(Math.abs(valueAt(surface, x, y) - (2 * x - y))).toBeLessThan(0.15);
  });
  it("says nothing where no run is near", () => {
    const one = surfaceOf([0.1, Number.NaN], [0.1, 0.9], [5, 5], 0.05);
    expect(valueAt(one, 0.1, 0.1)).toBeCloseTo(5);
    expect(valueAt(one, 0.9, 0.9)).toBeNaN();
  });
});
