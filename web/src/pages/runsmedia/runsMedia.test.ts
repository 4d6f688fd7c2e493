import { expect, it } from "vitest";
import { loggedBy, mediaOfRuns, stepsOf } from "./runsMedia";

const image = { _type: "image-file", path: "a.png" };
const table = { _type: "table-file", path: "a.json" };

it("finds the media of all runs, in keys of keys too, but no tables", () => {
  const runs = [{ summary: { val: { digit: image }, loss: 1 } }, { summary: { rows: table, b: image } }];
  expect([...mediaOfRuns(runs)]).toEqual([
    ["b", ["b"]],
    ["val.digit", ["val", "digit"]],
  ]);
});

it("shows of each run what it had logged last", () => {
  const [one, other] = [[2, 6].map((step) => ({ step, value: step })), [{ step: 4, value: "x" }]];
  expect(stepsOf([one, other])).toEqual([2, 4, 6]);
  expect(loggedBy(one, 5)?.value).toBe(2);
  expect(loggedBy(other, 3)).toBeUndefined();
});
