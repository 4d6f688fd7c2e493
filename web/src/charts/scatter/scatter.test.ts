import { describe, expect, it } from "vitest";
import { fieldsOf } from "../../view/fields";
import { runOf } from "../../view/testRuns";
import { scaleOf } from "../scale";
import { countPlaced, nearestPoint, pointsOf, records, runningLine, type Side } from "./points";
import { BY_ITSELF, sidesOf, tipsOf, withField } from "./settings";

const METRIC = { name: "loss", goal: "minimize" } as const;
const BESTS = [3, 5, null, 2, 4];
const runs = BESTS.map((best, i) => runOf(`r${i}`, { best, created: 100 + 10 * i, params: { lr: 0.1 * i } }));
const fields = fieldsOf(runs, METRIC, ["lr"]);
const side = (id: string): Side => {
  const field = fields.find((one) => one.id === id);
  if (field === undefined) throw new Error(id);
  return { field, title: field.label, scale: scaleOf(field.kind, runs.map(field.read)) };
};
const points = pointsOf(runs, side("created"), side("metric"));
const all = new Uint8Array(runs.length).fill(1);
const line = (kind: "best" | "min" | "max" | "mean", marks = all) =>
  runningLine(kind, METRIC.goal, runs, marks, points, side("metric").field);

describe("the lines through the points", () => {
  it("pass over runs without a value", () => {
    expect(line("best")).toMatchObject({ runs: [0, 1, 3, 4], values: [3, 3, 2, 2] });
    expect(records(line("best"))).toEqual([0, 3]);
  });
  it("run at the least, the most and the mean so far", () => {
    expect(line("max").values).toEqual([3, 5, 5, 5]);
    expect(line("min").values).toEqual([3, 3, 2, 2]);
    expect(line("mean").values.map((value) => value.toFixed(2))).toEqual(["3.00", "4.00", "3.33", "3.50"]);
  });
  it("count only runs that stand out", () => {
    expect(line("best", new Uint8Array([0, 1, 1, 0, 1])).values).toEqual([5, 4]);
  });
});

describe("the points", () => {
  it("are found by what is nearest, if it stands out", () => {
    const frame = { left: 0, top: 0, width: 100, height: 100 };
    expect(nearestPoint(points, all, frame, 26, 2, 20)).toBe(1);
    expect(nearestPoint(points, new Uint8Array(5), frame, 26, 2, 20)).toBe(-1);
    expect(nearestPoint(points, all, frame, 50, 50, 5)).toBe(-1);
    const metric = side("metric");
    const short = { ...metric, scale: scaleOf("number", BESTS, { high: 4.5 }) };
    const cut = pointsOf(runs, side("created"), short); // the second is not drawn: it lies beyond the end of its axis
    expect(nearestPoint(cut, all, frame, 26, 2, 30)).toBe(-1);
  });
  it("are counted where the run has both values, and lies within the ends of the axes", () => {
    expect(countPlaced(points)).toBe(4);
    expect(countPlaced(points, new Uint8Array([1, 0, 1, 0, 1]))).toBe(2);
    const metric = side("metric");
    const short = { ...metric, scale: scaleOf("number", BESTS, { high: 4 }) };
    expect(countPlaced(pointsOf(runs, side("created"), short))).toBe(3);
  });
  it("of one category lie beside each other", () => {
    const category = { field: side("metric").field, title: "", scale: scaleOf("category", ["a"]) };
    const same = runs.map((run) => ({ ...run, best: null }));
    const read = { ...category, field: { ...category.field, kind: "category" as const, read: () => "a" } };
    expect(new Set(pointsOf(same, read, read).xs).size).toBe(runs.length);
  });
});

describe("what is drawn against what", () => {
  it("is the metric over time by itself", () => {
    const sides = sidesOf(fields, BY_ITSELF);
    expect([sides?.x.id, sides?.y.id]).toEqual(["created", "metric"]);
    expect(sides && tipsOf(fields, BY_ITSELF, sides).map(({ id }) => id)).toEqual([
      "metric",
      "created",
      "param:lr",
    ]);
  });
  it("is what the reader wants, or the usual where that is gone", () => {
    const ids = (x: string) => sidesOf(fields, { ...BY_ITSELF, x: withField(x) })?.x.id;
    expect(ids("param:lr")).toBe("param:lr");
    expect(ids("param:gone")).toBe("created");
  });
});
