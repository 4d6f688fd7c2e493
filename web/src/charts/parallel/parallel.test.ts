import { describe, expect, it } from "vitest";
import type { Run } from "../../api/types";
import type { Field } from "../../view/fields";
import { shadeEnds, shadesOf, shadeWords } from "../shades";
import { columnOf, type Geometry, nearestLine } from "./lines";
import { placesOf } from "./places";
import { axesOf, BY_ITSELF, withAxis, withMoved } from "./settings";

const PARTS = { metric: "Metric", param: "Parameter", summary: "Summary" } as Record<string, Field["part"]>;
const field = (id: string, kind: Field["kind"] = "number"): Field => ({
  id,
  label: id.split(":").at(-1) ?? id,
  kind,
  part: PARTS[id.split(":", 1)[0] ?? ""] ?? "Run",
  read: (run) => run.config[id],
  key: null,
});
const FIELDS = [
  field("metric"),
  field("param:lr"),
  field("param:kind", "category"),
  field("created", "time"),
];
const ids = (axes: { field: Field }[]) => axes.map((axis) => axis.field.id);

describe("the axes", () => {
  it("are the parameters and the metric last, the learning rate on a log scale", () => {
    const axes = axesOf(FIELDS, BY_ITSELF, new Set(["lr"]));
    expect(ids(axes)).toEqual(["param:lr", "param:kind", "metric"]);
    expect(axes.map(({ log }) => log)).toEqual([true, false, false]);
  });
  it("end with what was logged first where there is no metric", () => {
    const fields = [field("param:lr"), field("summary:loss"), field("summary:speed"), field("created")];
    expect(ids(axesOf(fields, BY_ITSELF, new Set()))).toEqual(["param:lr", "summary:loss"]);
  });
  it("come and go, are named, turned and moved", () => {
    let settings = withAxis(BY_ITSELF, "created", { shown: true });
    settings = withAxis(settings, "param:kind", { shown: false });
    settings = withAxis(settings, "param:lr", { title: "Rate", flip: true });
    const axes = axesOf(FIELDS, settings, new Set());
    expect(ids(axes)).toEqual(["param:lr", "created", "metric"]);
    expect(axes[0]).toMatchObject({ title: "Rate", flip: true });
    settings = withMoved(settings, axes, 2, 0);
    expect(ids(axesOf(FIELDS, settings, new Set()))).toEqual(["metric", "param:lr", "created"]);
  });
  it("keep their order in a sweep with other parameters, new ones before the last", () => {
    const settings = withMoved(BY_ITSELF, axesOf(FIELDS, BY_ITSELF, new Set()), 1, 0);
    const other = [FIELDS[0] as Field, FIELDS[1] as Field, field("param:new")];
    expect(ids(axesOf(other, settings, new Set()))).toEqual(["param:lr", "param:new", "metric"]);
  });
});

describe("their places", () => {
  const titles = ["lr", "optimizer.weight_decay", "loss"];
  it("are evenly spread where they have room", () => {
    const { xs, rooms, width } = placesOf(titles, 704);
    expect([xs, width]).toEqual([[44, 344, 644], 704]);
    expect(rooms).toEqual([88, 180, 120]);
  });
  it("leave a long title at an end the room it needs", () => {
    const { xs, rooms } = placesOf(["learning_rate", "optimizer", "validation_accuracy"], 704);
    expect([rooms[0], rooms[2]]).toEqual([131, 180]);
    expect([xs[0], xs[2]]).toEqual([65.5, 704 - 90]);
  });
  it("are as far apart as the titles need where one has to scroll anyway", () => {
    const { xs, rooms, width } = placesOf(titles, 200);
    expect(rooms[1]).toBeGreaterThan(150);
    for (const [i, x] of xs.slice(1).entries())
      expect(x - (xs[i] as number)).toBeGreaterThan(((rooms[i] as number) + (rooms[i + 1] as number)) / 2);
    expect(width).toBeGreaterThan(xs[2] as number);
    expect(placesOf(["lr"], 0).rooms).toHaveLength(1);
  });
});

const run = (config: Record<string, unknown>) => ({ config }) as unknown as Run;

describe("the lines", () => {
  const axes = axesOf(FIELDS, withAxis(BY_ITSELF, "param:lr", { flip: true }), new Set());
  const runs = [
    run({ "param:lr": 0, "param:kind": "a", metric: 1 }),
    run({ "param:lr": 10, "param:kind": "b", metric: 3 }),
    run({ "param:lr": 5, metric: "NaN" }),
  ];
  const columns = axes.map((axis) => columnOf(axis, runs));
  it("pass through the place of each value, or through a gap of its own", () => {
    expect([...(columns[0]?.places ?? [])]).toEqual([1, 0, 0.5]);
    expect([...(columns[1]?.places ?? [])]).toEqual([0.25, 0.75, Number.NaN]);
    expect(columns.map(({ missing }) => missing)).toEqual([[], ["–"], ["NaN"]]);
  });
  it("are found by what passes under the cursor, if they count", () => {
    const geometry: Geometry = { xs: [0, 100, 200], top: 0, foot: 100, gap: 120 };
    const all = new Uint8Array([1, 1, 1]);
    expect(nearestLine(columns, all, geometry, 0, 98, 14)).toBe(1);
    expect(nearestLine(columns, all, geometry, 50, 37, 14)).toBe(0);
    expect(nearestLine(columns, all, geometry, 150, 119, 14)).toBe(2);
    expect(nearestLine(columns, new Uint8Array([0, 1, 1]), geometry, 50, 37, 14)).toBe(-1);
  });
});

describe("the shades", () => {
  it("run from the worse end to the better one, either way up", () => {
    const places = Float32Array.from([0, 0.5, 1, Number.NaN]);
    expect([...shadesOf(places, 11, false)]).toEqual([0, 5, 10, -1]);
    expect([...shadesOf(places, 11, true)]).toEqual([10, 5, 0, -1]);
  });
  it("are not squashed by an outlier", () => {
    const places = Float32Array.from([...Array.from({ length: 20 }, (_, i) => i / 1000), 1]);
    const [low, high] = shadeEnds(places);
    expect(low).toBe(0);
    expect(high).toBeLessThan(0.1);
    const words = (place: number) => place.toFixed(2);
    expect(shadeWords(places, words, true)).toEqual({ from: `≥ ${words(high)}`, to: "0.00" });
    // Of few it is not known which lie far out.
    expect(shadeEnds(Float32Array.from([0, 0, 0, 0, 0, 1]))).toEqual([0, 1]);
  });
  it("are the best one where all are equal", () => {
    expect([...shadesOf(Float32Array.from([0.5, 0.5]), 8, true)]).toEqual([7, 7]);
  });
});
