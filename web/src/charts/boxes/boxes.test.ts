import { expect, it } from "vitest";
import { formatTime } from "../../lib/format";
import type { Field, FieldKind } from "../../view/fields";
import { runOf } from "../../view/testRuns";
import { boxesOf, boxOf, quantile } from "./boxes";

const field = (name: string, kind: FieldKind = "number"): Field => ({
  id: `summary:${name}`,
  label: name,
  part: "Summary",
  kind,
  key: null,
  read: (run) => run.summary[name],
});

it("quartiles lie between values in proportion", () => {
  expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 3, 5], share))).toEqual([1, 1.75, 2.5, 5]);
  expect(quantile([7], 0.25)).toBe(7);
});

it("whiskers end at the outermost values near the box; what lies beyond stands alone", () => {
  expect(boxOf("a", [4, 1, 2, 3, 5, 100, -100])).toEqual({
    name: "a",
    short: "a",
    count: 7,
    lower: 1.5,
    median: 3,
    upper: 4.5,
    low: 1,
    high: 5,
    outliers: [-100, 100],
  });
});

it("categories and few numbers have a box each, in their order, and runs without a number none", () => {
  const runs = [
    [10, 1],
    [2, 3],
    [10, 5],
    [2, "NaN"],
    [undefined, 4],
  ].map(([size, loss], i) => runOf(`r${i}`, { summary: { size, loss } }));
  const { boxes } = boxesOf(runs, field("loss"), field("size"));
  expect(boxes.map(({ name, count, median, runs }) => [name, count, median, [...runs]])).toEqual([
    ["2", 1, 3, [["r1", 3]]],
    [
      "10",
      2,
      3,
      [
        ["r0", 1],
        ["r2", 5],
      ],
    ],
  ]);
});

it("many numbers are divided into ranges of about as many runs, equal ones together", () => {
  const runs = Array.from({ length: 60 }, (_, i) =>
    runOf(`r${i}`, { summary: { lr: i < 15 ? 0 : i, loss: i } }),
  );
  const { boxes } = boxesOf(runs, field("loss"), field("lr"));
  expect(boxes.map(({ short }) => short).slice(0, 3)).toEqual(["0", "from 15", "from 20"]);
  expect(boxes.map(({ name, count }) => [name, count])).toEqual([
    ["0", 15],
    ["15 to 19", 5],
    ["20 to 29", 10],
    ["30 to 39", 10],
    ["40 to 49", 10],
    ["50 to 59", 10],
  ]);
});

it("of very many categories those with most runs have a box, and it is known how many there are", () => {
  const runs = Array.from({ length: 31 }, (_, i) =>
    runOf(`r${i}`, { summary: { host: `h${i % 30}`, loss: i } }),
  );
  const { boxes, total } = boxesOf(runs, field("loss"), field("host", "category"));
  expect([boxes.length, boxes[0]?.count, total]).toEqual([24, 2, 30]);
});

it("few times have a box each, called as times are shown", () => {
  const times = [1_764_000_000.5, 1_764_000_900.5];
  const runs = times.map((time, i) => runOf(`r${i}`, { summary: { at: time, loss: i } }));
  const { boxes } = boxesOf(runs, field("loss"), field("at", "time"));
  expect(boxes.map(({ name }) => name)).toEqual(times.map(formatTime));
});
