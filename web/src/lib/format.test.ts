import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatComputed,
  formatDuration,
  formatNumber,
  formatRoughly,
  formatSoon,
  formatValue,
  plural,
  significantDigits,
  toNumber,
  withoutNoise,
} from "./format";

describe("a number", () => {
  it.each([
    [0, "0"],
    [0.123456, "0.12346"],
    [0.5, "0.5"],
    [12345, "12,345"],
    [1234567.891, "1,234,600"],
    [-0.25, "−0.25"],
    [0.00001234, "1.234e−5"],
    [1e-7, "1e−7"],
    [1.5e12, "1,500,000,000,000"],
    [1.25e20, "1.25e20"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])("%d reads %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it("has all the digits that are asked for, however small it is", () => {
    expect(formatNumber(3.391234567e-5, 8)).toBe("3.3912346e−5");
  });

  it("gets zeros at its end where others in its column have more digits, unless it is whole", () => {
    expect([0.5, 0.1234567, 0.012, 3].map((value) => formatNumber(value, 5, 4))).toEqual([
      "0.5000",
      "0.12346",
      "0.01200",
      "3",
    ]);
    expect([0.5, 0.0125, -1.234567, 3, 0].map(significantDigits)).toEqual([1, 3, 5, 0, 0]);
  });

  it("has as many digits as others when it is computed, also where it comes out whole", () => {
    const means = [0.014, 0.01429, 4.471, 4, -20, 0, 100, 1234, 12345.6];
    expect(means.map((value) => formatComputed(value, 3))).toEqual([
      "0.0140",
      "0.0143",
      "4.47",
      "4.00",
      "−20.0",
      "0.00",
      "100",
      "1,234",
      "12,300",
    ]);
  });
});

describe("a value", () => {
  it("shows nothing as a dash", () => expect(formatValue(null)).toBe("–"));
  it("shows lists and objects as JSON", () => expect(formatValue([1, "a"])).toBe('[1,"a"]'));
  it("shows booleans as words", () => expect(formatValue(false)).toBe("false"));
});

it("spares the reader digits that are only noise", () => {
  expect(withoutNoise("--lr=0.00033999999999999997")).toBe("--lr=0.00034");
  expect(withoutNoise('{"a": 123.40000000000001, "b": [1.2000000000000002e-07]}')).toBe(
    '{"a": 123.4, "b": [1.2e-7]}',
  );
  expect(withoutNoise("--lr=0.012345678901234 1.2.3")).toBe("--lr=0.012345678901234 1.2.3");
});

describe("a duration", () => {
  it.each([
    [0, "0 s"],
    [0.0004, "< 1 ms"],
    [0.04, "40 ms"],
    [0.0994, "99 ms"],
    [0.0996, "0.1 s"],
    [3.21, "3.2 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3600, "1 h 00 min"],
    [90_000, "1 d 1 h"],
    [-4, "0 s"],
  ])("of %d seconds reads %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

it.each([
  [20, "less than a minute"],
  [1856, "31 min"],
  [3_590, "1 h"],
  [7_700, "2 h 10 min"],
  [180_000, "2 d 2 h"],
])("a guess of %d seconds reads %s", (seconds, text) => expect(formatRoughly(seconds)).toBe(text));

it("says the day of a time only where it is another day", () => {
  const time = new Date(2026, 10, 22, 23, 59, 40).getTime() / 1000;
  expect(formatSoon(time, time - 60)).toBe("23:59:40");
  expect(formatSoon(time + 30, time)).toBe("2026-11-23 00:00:10");
});

describe("a time ago", () => {
  it.each([
    [2, "now"],
    [-60, "now"],
    [42, "42 s ago"],
    [150, "2 min ago"],
    [7_300, "2 h ago"],
    [200_000, "2 d ago"],
  ])("%d seconds old reads %s", (age, text) => expect(formatAgo(1_000_000 - age, 1_000_000)).toBe(text));
});

it("counts nouns", () => {
  expect(plural(1, "run")).toBe("1 run");
  expect(plural(2000, "run")).toBe("2,000 runs");
});

it("reads the strings that stand for numbers JSON does not have", () => {
  expect(toNumber("NaN")).toBeNaN();
  expect(toNumber("-Infinity")).toBe(Number.NEGATIVE_INFINITY);
  expect(toNumber("12")).toBeNull();
  expect(toNumber("constructor")).toBeNull();
});
