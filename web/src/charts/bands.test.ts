import { expect, it } from "vitest";
import { grouped } from "./bands";
import type { Line } from "./curves";

const SPIKE = 503;
const steps = Array.from({ length: 1_000 }, (_, step) => step);
const lineOf = (runId: string, valueAt: (step: number) => number): Line => ({
  runId,
  emphasis: "normal",
  color: "",
  steps,
  values: steps.map(valueAt),
});

it("shows the spike of a group at fewer places than its lines have points", () => {
  const lines = [
    lineOf("calm", () => 1),
    lineOf("up", (step) => (step === SPIKE ? 50 : 1)),
    lineOf("down", (step) => (step === SPIKE ? -50 : 1)),
  ];
  const [band] = grouped(lines, () => "all", "range") as [Line];
  const [low, high] = [band.low as number[], band.high as number[]];
  expect(band.steps.length).toBeLessThan(steps.length);
  expect([Math.min(...low), Math.max(...high)]).toEqual([-50, 50]);
  expect(Math.abs((band.steps[high.indexOf(50)] as number) - SPIKE)).toBeLessThan(2);
});
