import { describe, expect, it } from "vitest";
import type { RunCurve } from "../api/curveRange";
import type { Curve } from "../api/types";
import { grouped } from "./bands";
import { linesOf, type Source, stepsWithin } from "./curveLines";
import { DEFAULTS } from "./curveSettings";
import { extent, innerRange, type Line, toldApart } from "./curves";
import { metricAlone, parseExpression } from "./expression";
import { linesAsCsv } from "./linesAsCsv";
import { smooth } from "./smoothing";

const curve = (key: string, steps: number[], values: (number | string)[], total = steps.length): Curve => ({
  run_id: "r",
  key,
  steps,
  values,
  total,
});

const source = (curves: RunCurve[], about: Partial<Source> = {}): Source => ({
  runId: "r",
  emphasis: "normal",
  color: "#000000",
  started: 100,
  stopped: false,
  curveOf: (key) => curves.find((one) => one.key === key),
  ...about,
});

const drawn = (curves: RunCurve[], settings: Partial<typeof DEFAULTS>, value = metricAlone("loss")) =>
  linesOf([source(curves)], value, { ...DEFAULTS, ...settings })[0];

describe("a curve against another", () => {
  const against = { x: "key:epoch" };
  it("stands where the other had the same step", () => {
    const line = drawn(
      [curve("loss", [0, 10, 20], [3, 2, 1]), curve("epoch", [0, 10, 20], [0, 1, 2])],
      against,
    );
    expect([line?.steps, line?.values]).toEqual([
      [0, 1, 2],
      [3, 2, 1],
    ]);
  });
  it("stands between the other's neighbours where it was thinned, and at its last value behind the end", () => {
    const line = drawn([curve("loss", [5, 30], [3, 2]), curve("epoch", [0, 10], [0, 1])], against);
    expect(line?.steps).toEqual([0.5, 1]);
  });
  it("is sorted, because the other need not rise", () => {
    const line = drawn([curve("loss", [0, 1], [7, 8]), curve("epoch", [0, 1], [5, 4])], against);
    expect(line?.values).toEqual([8, 7]);
  });
  it("is not drawn where the run never logged the other", () => {
    expect(drawn([curve("loss", [0], [1])], against)).toBeUndefined();
  });
});

it("counts time from the run's start", () => {
  const line = drawn([curve("loss", [0, 1], [2, 1]), curve("_timestamp", [0, 1], [101, 160])], {
    x: "relative",
  });
  expect(line?.steps).toEqual([1, 60]);
});

it("computes an expression wherever its metrics have points, as far as the first one reaches", () => {
  const curves = [curve("a", [0, 2], [5, 6]), curve("b", [0, 4], [1, 3])];
  expect(drawn(curves, {}, parseExpression("a - b"))?.values).toEqual([4, 4]);
  const spiked = [curve("a", [0, 10, 20], [1, 2, 3]), curve("b", [0, 9, 11, 30], [0, 99, 0, 7])];
  const line = drawn(spiked, {}, parseExpression("a - b"));
  expect(line?.steps).toEqual([0, 9, 10, 11, 20]);
  expect(line?.values[1]).toBeCloseTo(1.9 - 99);
  expect(drawn(curves, {}, parseExpression("a - missing"))).toBeUndefined();
  expect(drawn([...curves, curve("empty", [], [])], {}, parseExpression("a - empty"))).toBeUndefined();
});

it("keeps what was logged behind smoothed values", () => {
  const line = drawn([curve("loss", [0, 1], [2, 4])], { smoothing: "mean", width: 3 });
  expect([line?.raw, line?.values]).toEqual([
    [2, 4],
    [3, 3],
  ]);
});

describe("grouped runs", () => {
  const lines = [
    ...linesOf(
      [source([curve("loss", [0, 1, 2], [1, 2, 3])], { runId: "a" })],
      metricAlone("loss"),
      DEFAULTS,
    ),
    ...linesOf([source([curve("loss", [0, 2], [3, 7])], { runId: "b" })], metricAlone("loss"), DEFAULTS),
    ...linesOf([source([curve("loss", [1], [9])], { runId: "c" })], metricAlone("loss"), DEFAULTS),
  ];
  const groups = grouped(lines, (id) => (id === "c" ? "other" : "same"), "range");

  it("become their mean with its spread, each counted only where it has values", () => {
    const [same, other] = groups;
    expect([same?.runId, same?.members, same?.steps, same?.values]).toEqual([
      "same",
      2,
      [0, 1, 2],
      [2, 3.5, 5],
    ]);
    expect([same?.low, same?.high]).toEqual([
      [1, 2, 3],
      [3, 5, 7],
    ]);
    expect([other?.steps, other?.values]).toEqual([[1], [9]]);
  });
  it("can show the standard deviation instead", () => {
    const [same] = grouped(lines, () => "all", "deviation");
    expect([same?.low?.[0], same?.high?.[0]]).toEqual([2 - Math.SQRT2, 2 + Math.SQRT2]);
  });
  it("are as high as their spread", () => expect(extent(groups)).toEqual({ x: [0, 2], y: [1, 9] }));
});

it("leaves the outermost values out of the range when asked to", () => {
  const values = [...Array.from({ length: 98 }, () => 1), 1e9, -1e9];
  const line = drawn([curve("loss", [...values.keys()], values)], {});
  expect(innerRange(line === undefined ? [] : [line])).toEqual([1, 1]);
});

it("looks only at what is in sight, and on a logarithmic axis only at what is positive", () => {
  const line = drawn([curve("loss", [0, 1, 2], [100, -1, 3])], {});
  const lines = line === undefined ? [] : [line];
  expect(extent(lines, { x: [1, 2] })?.y).toEqual([-1, 3]);
  expect(extent(lines, { positiveX: true, positiveY: true })).toEqual({ x: [1, 2], y: [3, 3] });
});

it("breaks the line of a run that has the colour of another", () => {
  const line = drawn([curve("loss", [0], [1])], {}) as Line;
  const lines = [line, { ...line, color: "#ffffff" }, line];
  expect(toldApart(lines).map(({ dashed }) => dashed ?? false)).toEqual([false, false, true]);
  const many = Array.from({ length: 20 }, () => line);
  expect(toldApart(many)).toBe(many);
});

it("writes the points as a table, with what was logged beside what was smoothed", () => {
  const line = drawn([curve("loss", [0, 1], [2, "NaN"])], { smoothing: "ema", weight: 0 });
  const text = linesAsCsv(line === undefined ? [] : [line], "loss", "step", () => "a, b");
  expect(text.replaceAll("\r", "")).toBe('id,name,step,loss,smoothed\nr,"a, b",0,2,2\nr,"a, b",1,NaN,NaN\n');
});

describe("the steps that a zoomed chart asks for", () => {
  const runs = [
    source([curve("_timestamp", [0, 64, 128, 192], [100, 200, 300, 400])], { started: 100 }),
    source([curve("_timestamp", [0, 640], [1_000, 1_100])], { started: 1_000 }),
    source([]),
  ];
  it("are those of the axis itself where it is the step", () => {
    expect(stepsWithin([3.2, 5.9], runs, "step")).toEqual([3, 6]);
  });
  it("reach to the neighbours of the points in sight, of every run", () => {
    expect(stepsWithin([90, 110], runs, "relative")).toEqual([0, 640]);
    expect(stepsWithin([290, 310], runs, "wall")).toEqual([64, 192]);
  });
  it("are unknown where no point is in sight", () => {
    expect(stepsWithin([5_000, 6_000], runs, "wall")).toBeNull();
  });
});

it("a point that is moved along the x axis takes with it how many values it stands for", () => {
  const thinned = (at: number) => [8, 4, 2, 1][at] ?? Number.NaN;
  const curves = [
    { ...curve("loss", [0, 1, 2, 3], [1, 5, 2, 9], 15), thinned },
    curve("epoch", [0, 1, 2, 3], [7, "NaN", 5, 4]),
  ];
  const line = drawn(curves, { x: "key:epoch", smoothing: "ema", weight: 0.9 });
  expect(line?.steps).toEqual([4, 5, 7]);
  expect(line?.values).toEqual(smooth([9, 2, 1], "ema", 0.9, (at) => [1, 2, 8][at] ?? Number.NaN));
});

it("smooths alike where a part of a curve has more of its points", () => {
  const raw = Array.from({ length: 400 }, (_, i) => Math.sin(i / 20));
  const at = [...raw.keys()];
  const coarse = at.filter((i) => i % 5 === 0);
  const mixed = [...coarse.filter((i) => i < 200), ...at.filter((i) => i >= 200)];
  const smoothed = (steps: number[], thinned?: (at: number) => number) =>
    drawn(
      [
        {
          ...curve(
            "loss",
            steps,
            steps.map((i) => raw[i] as number),
            400,
          ),
          ...(thinned && { thinned }),
        },
      ],
      {
        smoothing: "ema",
        weight: 0.9,
      },
    )?.values.at(-1);
  const apart = Math.abs((smoothed(mixed, (i) => (i < 40 ? 5 : 1)) ?? 0) - (smoothed(at) ?? 9));
  expect(apart).toBeLessThan(0.01);
});

it("smooths an expression as much as its metrics, though it has the points of all", () => {
  const raw = Array.from({ length: 400 }, (_, i) => Math.sin(i / 20));
  const of = (key: string, steps: number[]) => {
    const values = steps.map((i) => raw[i] as number);
    return curve(key, steps, values, 400);
  };
  const every = [...raw.keys()];
  const a = {
    ...of(
      "a",
      every.filter((i) => i % 5 === 0 || i >= 200),
    ),
    thinned: (at: number) => (at < 40 ? 5 : 1),
  };
  const b = of(
    "b",
    every.filter((i) => i % 5 === 2),
  );
  const settings = { smoothing: "gaussian", width: 60 } as const;
  const both = drawn([a, b], settings, parseExpression("(a + b) / 2"));
  const whole = drawn([of("loss", every)], settings);
  const at = (line: Line | undefined, step: number) => line?.values[line.steps.indexOf(step)] ?? 9;
  for (const step of [100, 102, 300]) expect(at(both, step)).toBeCloseTo(at(whole, step), 1);
  expect(Math.abs(at(whole, 100) - (raw[100] as number))).toBeGreaterThan(0.1);
});
