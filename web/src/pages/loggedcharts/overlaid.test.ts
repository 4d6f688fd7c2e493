import { expect, it } from "vitest";
import { loggedTables, tableOf } from "./loggedTables";
import { overlaid, type RunTable } from "./overlaid";

const one = (id: string, data: unknown[][], columns = ["recall", "precision", "class"]): RunTable => ({
  run: { id, name: `run ${id}` },
  table: { columns, data },
});
const CURVES = [
  one("a", [
    [0, 1, "cat"],
    [1, 0.2, "cat"],
    [0.5, 0.5, "dog"],
  ]),
  one("b", [
    [0, 0.9, "dog"],
    [1, 0.1, "cat"],
  ]),
];
const LINES = { kind: "line", x: "recall", y: "precision", color: "class" } as const;

it("draws a line for each run and class, and knows whose each is", () => {
  const { picture, series, parts } = overlaid(CURVES, LINES);
  expect(parts).toEqual(["cat", "dog"]);
  expect(series).toEqual([
    { run: "a", part: 0 },
    { run: "a", part: 1 },
    { run: "b", part: 1 },
    { run: "b", part: 0 },
  ]);
  expect(picture.series[0]?.points.map(({ words }) => words)).toEqual([
    "run a, cat, recall 0, precision 1",
    "run a, cat, recall 1, precision 0.2",
  ]);
});

it("keeps runs of one name apart", () => {
  const twins = CURVES.map(({ table }, i) => ({ run: { id: `${i}`, name: "twin" }, table }));
  expect(overlaid(twins, { ...LINES, color: "" }).series.map(({ run }) => run)).toEqual(["0", "1"]);
});

it("leaves a run out whose table has no such columns", () => {
  const other = one("c", [[1, 2]], ["x", "y"]);
  expect(overlaid([...CURVES, other], LINES).series.every(({ run }) => run !== "c")).toBe(true);
});

it("draws histograms over one range as lines, so that none hides another", () => {
  const heights = [one("a", [[0], [10], [10]], ["height"]), one("b", [[20], [5]], ["height"])];
  const { kind, y, picture, series } = overlaid(heights, {
    kind: "histogram",
    x: "height",
    y: "",
    color: "",
  });
  expect([kind, y, series.map(({ run }) => run)]).toEqual(["line", "Count", ["a", "b"]]);
  const largest = picture.series.map(({ points }) => Math.max(...points.map((point) => point.y)));
  expect(largest[0]).toBeGreaterThan(largest[1] as number);
  const ends = picture.series.map(({ points }) => [points[0]?.x, points.at(-1)?.x]);
  expect(ends[0]).toEqual(ends[1]);
});

const table = (chart?: object) => ({ _type: "table-file", path: "t.json", ...(chart && { chart }) });

it("finds the tables of runs, those that are defined as charts first, under the names that people know", () => {
  const roc = { name: "wandb/area-under-curve/v0", fields: {}, texts: { title: "ROC" } };
  const runs = [
    { summary: { mistakes: table(), loss: 1, img: { _type: "image-file", path: "a.png" } } },
    { summary: { roc: table(roc), deep: { pr_table: table() }, mistakes: table() } },
  ];
  expect(loggedTables(runs)).toEqual([
    ["roc", "ROC"],
    ["deep.pr_table", "deep.pr"],
    ["mistakes", "mistakes"],
  ]);
  expect(runs.map((run) => tableOf(run, "deep.pr_table")?.path)).toEqual([undefined, "t.json"]);
});

it("finds a table whose key, or that of what it stands in, holds dots", () => {
  const summary = { "val.epoch": { "roc.0": table() }, val: { loss: 1 }, "top.1": table() };
  const keys = loggedTables([{ summary }]).map(([key]) => key);
  expect(keys).toEqual(["top.1", "val.epoch.roc.0"]);
  expect(keys.map((key) => tableOf({ summary }, key)?.path)).toEqual(["t.json", "t.json"]);
  expect(tableOf({ summary }, "val.epoch.constructor")).toBeUndefined();
});
