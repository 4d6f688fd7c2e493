import { expect, it } from "vitest";
import { presetFor } from "./presets";
import { AS_TABLE, binned, chartColumns, chartOf, matrixOf, pictureOf, sharesOf, unfit } from "./tableChart";

const table = {
  columns: ["recall", "precision", "class", "picture"],
  data: [
    [0.5, 0.8, "cat", { _type: "image-file", path: "a.png" }],
    [0, 1, "cat", null],
    [1, 0.2, "dog", null],
    [0.2, null, "dog", null],
    [0.2, 0.6, "dog", null],
  ],
};

it("offers the columns that hold what can be drawn", () => {
  expect(chartColumns(table)).toEqual({
    all: ["recall", "precision", "class"],
    numbers: ["recall", "precision"],
  });
});

it("draws what was chosen, and the usual where this table has no such column", () => {
  expect(chartOf(table, AS_TABLE)).toEqual({ kind: "line", x: "recall", y: "precision", color: "" });
  const bars = { ...AS_TABLE, kind: "bars", y: "gone", color: "class" };
  expect(chartOf(table, bars)).toEqual({ kind: "bars", x: "class", y: "recall", color: "class" });
  expect(chartOf({ columns: ["a"], data: [["x"]] }, AS_TABLE)).toBeNull();
  expect(chartOf({ columns: ["a"], data: [[1]] }, AS_TABLE)?.kind).toBe("histogram");
});

it("makes a line for each colour, in the order of x, without rows that lack a value", () => {
  const { series } = pictureOf(table, { kind: "line", x: "recall", y: "precision", color: "class" });
  expect(series.map(({ name, points }) => [name, points.map(({ words }) => words)])).toEqual([
    ["cat", ["cat, recall 0, precision 1", "cat, recall 0.5, precision 0.8"]],
    ["dog", ["dog, recall 0.2, precision 0.6", "dog, recall 1, precision 0.2"]],
  ]);
});

it("orders series of numbers by size, and words as they occur", () => {
  const names = (classes: unknown[]) => {
    const rows = { columns: ["x", "y", "class"], data: classes.map((one, i) => [i, i, one]) };
    return pictureOf(rows, { kind: "line", x: "x", y: "y", color: "class" }).series.map(({ name }) => name);
  };
  expect(names([10, 2, 1])).toEqual(["1", "2", "10"]);
  expect(names(["one", "two", "three"])).toEqual(["one", "two", "three"]);
});

it("makes a bar of the mean, from zero", () => {
  const { series, y } = pictureOf(table, { kind: "bars", x: "class", y: "recall", color: "" });
  expect(series[0]?.points.map(({ words }) => words)).toEqual([
    "class cat, recall 0.25",
    "class dog, recall 0.46667",
  ]);
  expect(y.place(0)).toBeGreaterThanOrEqual(0);
});

it("joins the series beyond the colours: the mean of them where a line or a bar stands, the points themselves else", () => {
  const rows = Array.from({ length: 10 }, (_, i) => [1, i, `c${i}`]);
  const many = { columns: ["x", "y", "class"], data: [...rows, [0, 5, "c9"]] };
  const last = (kind: "line" | "bars" | "scatter") => {
    const { series } = pictureOf(many, { kind, x: "x", y: "y", color: "class" });
    expect(series).toHaveLength(8);
    expect(series[6]?.name).toBe("c6");
    return [series[7]?.name, ...(series[7]?.points ?? []).map(({ words }) => words)];
  };
  const means = ["mean of all others, x 0, y 5", "mean of all others, x 1, y 8"];
  expect(last("line")).toEqual(["mean of all others", ...means]);
  expect(last("bars").sort()).toEqual(["mean of all others", ...means]);
  expect(last("scatter")).toEqual([
    "all others",
    "c7, x 1, y 7",
    "c8, x 1, y 8",
    "c9, x 1, y 9",
    "c9, x 0, y 5",
  ]);
});

it("counts the numbers of a column", () => {
  const counted = binned(table, "recall");
  expect(counted?.values.reduce((sum, one) => sum + one, 0)).toBe(5);
  expect([counted?.bins[0], counted?.bins.at(-1)]).toEqual([0, 1]);
  expect(binned({ columns: ["a"], data: [["x"]] }, "a")).toBeNull();
});

it("sums what stands in the table for each cell of a matrix, with its sides in the order of the table", () => {
  const counted = {
    columns: ["Actual", "Predicted", "n"],
    data: [
      ["dog", "dog", 3],
      ["dog", "cat", 1],
      ["cat", "dog", 2],
      ["dog", "dog", 4],
    ],
  };
  const choice = { ...AS_TABLE, kind: "matrix", x: "Predicted", y: "Actual", color: "n" };
  const chart = chartOf(counted, choice);
  expect(chart).toEqual({ kind: "matrix", x: "Predicted", y: "Actual", color: "n" });
  expect(matrixOf(counted, chart as NonNullable<typeof chart>)).toEqual({
    rows: ["dog", "cat"],
    columns: ["dog", "cat"],
    cells: [
      [7, 1],
      [2, null],
    ],
    left: 0,
  });
});

it("colours the cells of a matrix though one of them is no number", () => {
  const cells = [
    [2, Number.NaN, null],
    [-4, Number.POSITIVE_INFINITY, 0],
  ];
  expect(sharesOf({ cells })).toEqual([
    [0.5, 0, 0],
    [1, 0, 0],
  ]);
  expect(sharesOf({ cells: [[0]] })).toEqual([[0]]);
});

it("names the column that a program's chart of this table lacks", () => {
  const choice = { ...AS_TABLE, shows: "chart", kind: "line", x: "recall", y: "precision", color: "gone" };
  expect(unfit(table, choice)).toBeNull();
  expect(unfit(table, { ...choice, x: "class" })).toBe("class");
  expect(unfit(table, { ...choice, y: "picture" })).toBe("picture");
  expect(unfit(table, { ...choice, kind: "bars", x: "class" })).toBeNull();
  expect(unfit(table, { ...choice, kind: "histogram", y: "" })).toBeNull();
  expect(unfit(table, { ...choice, kind: "matrix", x: "class", y: "recall" })).toBe("gone");
  expect(unfit({ columns: ["x"], data: [["a"]] }, choice)).toBe("recall");
  expect(unfit({ ...table, data: [] }, choice)).toBeNull();
});

it("knows the charts that programs define, by the table's own description or by its key", () => {
  const roc = {
    name: "wandb/area-under-curve/v0",
    fields: { x: "fpr", y: "tpr", class: "class" },
    texts: { title: "ROC", "x-axis-title": "False positive rate" },
  };
  const preset = presetFor({ _type: "table-file", chart: roc }, "roc", {});
  expect(preset?.choice).toEqual({ shows: "chart", kind: "line", x: "fpr", y: "tpr", color: "class" });
  expect([preset?.title, preset?.titles]).toEqual(["ROC", new Map([["fpr", "False positive rate"]])]);
  expect(presetFor({ _type: "table-file" }, "roc_table", { roc_table: roc })).toEqual(preset);
  expect(presetFor({ _type: "table-file" }, "other", { roc_table: roc })).toBeNull();
  expect(presetFor({ chart: { name: "me/own", fields: 7 } }, "own", {})?.choice).toBeNull();
  expect(presetFor({ _type: "image-file" }, "constructor", {})).toBeNull();
  expect(presetFor({ chart: { name: "wandb/constructor/v0" } }, "own", {})?.choice).toBeNull();
});
