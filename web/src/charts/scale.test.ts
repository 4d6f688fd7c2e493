import { describe, expect, it, vi } from "vitest";
import { padded } from "./axes";
import { scaleOf } from "./scale";
import { evenTexts, linearTicks, logTicks } from "./ticks";

const places = (scale: ReturnType<typeof scaleOf>, values: unknown[]) => values.map(scale.place);

describe("an axis of numbers", () => {
  const scale = scaleOf("number", [0, 5, 10, "NaN", undefined, "Infinity"]);
  it("has a place for what is finite, and none for the rest", () => {
    expect(places(scale, [0, 5, 10, "NaN", undefined, "Infinity", "text"])).toEqual([
      0,
      0.5,
      1,
      null,
      null,
      null,
      null,
    ]);
  });
  it("gives the range that a stretch means, open where it reaches an end", () => {
    const odd = scaleOf("number", [1 / 3, 2 / 3]);
    expect(odd.between(0, 0.5)).toEqual({ from: Number.NEGATIVE_INFINITY, to: 0.5 });
    expect(odd.between(0.5, 1)).toEqual({ from: 0.5, to: Number.POSITIVE_INFINITY });
    expect(odd.span({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY })).toEqual([0, 1]);
    expect(odd.ends).toEqual([1 / 3, 2 / 3]);
    expect(odd.span({ from: 0.5, to: 9 })?.[0]).toBeCloseTo(0.5);
    expect(odd.span({ from: 0.5, to: 9 })?.[1]).toBe(1);
    expect(odd.span({ from: 5, to: 9 })).toBeNull();
  });
  it("puts a single value in the middle", () => {
    expect(scaleOf("number", [7, 7]).place(7)).toBe(0.5);
  });
  it("ticks few values that were chosen by themselves, and many or measured ones at round numbers", () => {
    const texts = (values: number[], most: number) =>
      scaleOf("number", values)
        .ticks(most)
        .map(({ text }) => text);
    expect(texts([16, 32, 64, 128, 16], 8)).toEqual(["16", "32", "64", "128"]);
    expect(texts([16, 32, 64, 128], 2)).toEqual(["16", "64", "128"]);
    expect(texts([0.2085, 0.208, 0.152, 0.16713], 4)).toEqual(["0.16", "0.18", "0.20"]);
    const measured = scaleOf("number", [0.2, 0.31, 0.7, 0.9], { measured: true });
    expect(measured.ticks(4).map(({ text }) => text)).toEqual(["0.2", "0.4", "0.6", "0.8"]);
    expect(scaleOf("number", [0.31], { measured: true }).ticks(4)).toMatchObject([{ text: "0.31" }]);
    expect(
      texts(
        Array.from({ length: 11 }, (_, i) => i / 10),
        5,
      ),
    ).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  });
  it("has as many digits as tell its ticks apart", () => {
    const texts = (values: number[], most: number) =>
      scaleOf("number", values, { measured: true })
        .ticks(most)
        .map(({ text }) => text);
    expect(texts([0.99991, 0.99996], 5)).toEqual([
      "0.99991",
      "0.99992",
      "0.99993",
      "0.99994",
      "0.99995",
      "0.99996",
    ]);
    expect(texts([1000.001, 1000.0042], 4)).toEqual(["1,000.001", "1,000.002", "1,000.003", "1,000.004"]);
    expect(evenTexts([0.63314, 0.633145, 0.63315])).toEqual(["0.633140", "0.633145", "0.633150"]);
    const log = scaleOf("number", [0.99991, 0.99993, 0.99996], { log: true, measured: true }).ticks(3);
    expect(log.map(({ text }) => text)).toEqual(["0.99992", "0.99994", "0.99996"]);
  });
  it("takes numbers that a computer's rounding made different for one", () => {
    for (const one of [0.3, 0.9, 1e16, -7e-5]) {
      const other = one * (1 + 4e-16);
      const scale = scaleOf("number", [one, other], { measured: true });
      expect(scale.place(one)).toBeCloseTo(0.5);
      expect(scale.ticks(5).length).toBeLessThan(12);
      expect(linearTicks(Math.min(one, other), Math.max(one, other), 5).length).toBeLessThan(12);
      const [low, high] = padded(one, other, 0.05);
      expect(high - low).toBeGreaterThan(Math.abs(one));
    }
  });
  it("says durations as they are said elsewhere", () => {
    const texts = scaleOf("duration", [1.234, 20.57]).ticks(4);
    expect(texts.map(({ text }) => text)).toEqual(["5.0 s", "10 s", "15 s", "20 s"]);
  });
  it("keeps the ends that are given to it", () => {
    const given = scaleOf("number", [0, 10], { low: -10, air: 0.1 });
    expect(given.place(-10)).toBe(0);
    expect(given.place(10)).toBeLessThan(1);
  });
});

describe("a logarithmic axis", () => {
  it("leaves out round numbers that would stand too near to each other", () => {
    const values = Array.from({ length: 20 }, (_, i) => 0.00101 + i * 0.00037);
    const texts = scaleOf("number", values, { log: true }).ticks(8);
    expect(texts.map(({ text }) => text)).toEqual(["0.002", "0.003", "0.004", "0.005", "0.006", "0.008"]);
  });
  it("ticks few values up to both of its ends", () => {
    const values = [16, 32, 64, 128];
    const texts = scaleOf("number", values, { log: true }).ticks(8);
    expect(texts.map(({ text }) => text)).toEqual(values.map(String));
  });
  const scale = scaleOf("number", [1e-4, 1e-2, 0], { log: true });
  it("has equal steps for equal ratios, and no place for zero", () => {
    expect(scale.place(1e-3)).toBeCloseTo(0.5);
    expect(scale.place(0)).toBeNull();
  });
  it("ticks powers of ten", () => {
    const many = scaleOf(
      "number",
      Array.from({ length: 20 }, (_, i) => 10 ** (-4 + i / 9.5)),
      { log: true },
    );
    expect(many.ticks(4).map(({ text }) => text)).toEqual(["0.0001", "0.001", "0.01"]);
    expect(logTicks(1.3e-4, 0.09, 2)).toEqual([0.001, 0.01]);
    expect(logTicks(1e-6, 1, 3)).toEqual([1e-6, 0.001, 1]);
  });
  it("says more than one power of ten, so that its scale is known", () => {
    expect(logTicks(0.002, 0.05, 2)).toEqual([0.002, 0.005, 0.01, 0.02, 0.05]);
  });
  it("is a plain one where nothing is above zero", () => {
    expect(scaleOf("number", [-1, 1e-300 - 1], { log: true }).log).toBe(false);
  });
});

describe("an axis of categories", () => {
  const scale = scaleOf("category", ["sgd", "adam", undefined, "adam", true]);
  it("spaces them evenly in their order", () => {
    expect(scale.categories).toEqual(["adam", "sgd", "true"]);
    expect(places(scale, ["adam", "sgd", true, undefined])).toEqual([1 / 6, 0.5, 5 / 6, null]);
  });
  it("has a place for null, which is a value that was chosen, and none for what is not there", () => {
    const some = scaleOf("category", ["sgd", null, undefined]);
    expect(some.categories).toEqual(["null", "sgd"]);
    expect(places(some, [null, undefined])).toEqual([0.25, null]);
  });
  it("means those whose middle lies in a stretch", () => {
    expect(scale.between(0.3, 1)).toEqual({ among: ["sgd", "true"] });
    expect(scale.between(0.2, 0.3)).toBeNull();
    expect(scale.span({ among: ["sgd"] })).toEqual([1 / 3, 2 / 3]);
    expect(scale.span({ among: ["gone"] })).toBeNull();
  });
});

it("a time axis ticks round clock times", () => {
  const noon = new Date(2026, 0, 1, 12, 0, 7).getTime() / 1000;
  const scale = scaleOf("time", [noon, noon + 100]);
  expect(scale.ticks(4).map(({ text }) => text)).toEqual(["12:00:30", "12:01:00", "12:01:30"]);
  expect(scale.ticks(2).map(({ text }) => text)).toEqual(["12:01"]);
  const within = scaleOf("time", [noon + 0.2, noon + 0.6]);
  expect(within.ticks(4)).toMatchObject([{ at: 0, text: "12:00:07" }]);
  const alone = scaleOf("time", [noon]);
  expect(alone.place(noon)).toBe(0.5);
  expect(alone.ticks(2).map(({ text }) => text)).toEqual(["12:00:05", "12:00:10"]);
});

it("a time axis ticks each day once, at midnight, also where clocks are put back or on", () => {
  vi.stubEnv("TZ", "Europe/Berlin");
  try {
    const noon = (month: number, day: number) => new Date(2026, month, day, 12).getTime() / 1000;
    const back = scaleOf("time", [noon(9, 23), noon(9, 28)]);
    expect(back.ticks(6).map(({ text }) => text)).toEqual(["10-24", "10-25", "10-26", "10-27", "10-28"]);
    expect(back.ticks(6).map(({ at }) => back.text(at).slice(-8))).toEqual(Array(5).fill("00:00:00"));
    const on = scaleOf("time", [noon(2, 27), noon(2, 30)]);
    expect(on.ticks(4).map(({ text }) => text)).toEqual(["03-28", "03-29", "03-30"]);
    expect(on.ticks(4).map(({ at }) => on.text(at).slice(-8))).toEqual(Array(3).fill("00:00:00"));
  } finally {
    vi.unstubAllEnvs();
  }
});
