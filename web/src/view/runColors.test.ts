import { describe, expect, it } from "vitest";
import { fieldsOf } from "./fields";
import { bucketsOf, chosenColor, colorOfGroup, colorOfName, SERIES } from "./runColors";
import { runOf } from "./testRuns";

it("a run's colour comes from its id alone, spread over all of them", () => {
  const colors = Array.from({ length: 400 }, (_, i) => colorOfName(`run${i}`));
  expect(new Set(colors).size).toBe(SERIES.length);
  expect(colorOfName("run7")).toBe(colors[7]);
});

it("a group has the colour that its runs share, else one of its name", () => {
  expect(colorOfGroup("adam", ["#123456", "#123456"])).toBe("#123456");
  expect(colorOfGroup("adam", ["#123456", "#000000"])).toBe(colorOfName("adam"));
});

it("a chosen colour is one of the series or of one's own; anything else that a view may hold is none", () => {
  expect(["1", "8", "#a0B1c2"].map(chosenColor)).toEqual(["var(--series-1)", "var(--series-8)", "#a0B1c2"]);
  expect(["0", "9", "red", "#12345", "url(x)", 3, undefined, null].map(chosenColor)).toEqual(
    Array.from({ length: 8 }, () => undefined),
  );
});

describe("runs coloured by a field", () => {
  const buckets = (values: unknown[], parts = 4, goal: "minimize" | "maximize" | null = null) => {
    const runs = values.map((value, i) =>
      runOf(`r${i}`, { config: value === undefined ? {} : { x: value } }),
    );
    const field = fieldsOf(runs, null).find(({ id }) => id === "config:x");
    if (field === undefined) throw new Error("no field");
    return bucketsOf(runs, field, parts, goal);
  };
  const ids = (some: ReturnType<typeof buckets>) => some.map(({ runs }) => runs.map(({ id }) => id).join(""));

  it("are parted by their numbers into about equally many, and say from where to where", () => {
    const found = buckets([5, 1, 8, 2, 7, 3, 6, 4]);
    expect(ids(found)).toEqual(["r1r3", "r5r7", "r0r6", "r4r2"]);
    expect(found.map(({ label }) => label)).toEqual(["1 to 2", "3 to 4", "5 to 6", "7 to 8"]);
    expect(new Set(found.map(({ color }) => color)).size).toBe(4);
  });
  it("stay together where their numbers are equal, in fewer parts if need be", () => {
    expect(ids(buckets([1, 1, 1, 1, 1, 2, 3, 4]))).toEqual(["r0r1r2r3r4", "r5", "r6r7"]);
    expect(buckets([16, 16, 16]).map(({ label }) => label)).toEqual(["16"]);
  });
  it("have the strong end of the scale where the better ones are", () => {
    const colors = (goal: "minimize" | "maximize") => buckets([1, 2, 3], 3, goal).map(({ color }) => color);
    expect(colors("minimize")).toEqual(colors("maximize").toReversed());
    expect(colors("maximize").at(-1)).toBe("var(--gradient-plasma-5)");
  });
  it("are grey together without a number, and come last", () => {
    const found = buckets([1, undefined, 2, "NaN"], 2);
    expect(ids(found)).toEqual(["r0", "r2", "r1r3"]);
    expect([found.at(-1)?.label, found.at(-1)?.color]).toEqual(["others", "var(--chart-dim)"]);
  });
  it("have one of the series for each of the most frequent categories, in the order of the values", () => {
    const words = ["b", "a", "b", null, ..."cdefghijk"];
    const found = buckets(words);
    expect(found.map(({ label }) => label)).toEqual([..."abcdefg", "null", "others"].toSorted(byPlace));
    expect(found[0]?.color).toBe("var(--series-1)");
    expect(found.at(-1)?.runs.length).toBe(4);
  });
});

const byPlace = (a: string, b: string) => Number(a === "others") - Number(b === "others");
