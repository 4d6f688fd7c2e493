import { expect, it } from "vitest";
import { treeRows } from "./tree";

const file = (path: string, size = 1) => ({ path, size, digest: "", created: 0, present: true });
const files = [
  file("z.txt"),
  file("media/images/a10.png", 5),
  file("media/images/a9.png", 2),
  file("code/x.py"),
];

it("shows folders with what they hold in all, closed ones without their files", () => {
  const rows = treeRows(files, () => false);
  expect(rows.map(({ name, size, count }) => [name, size, count])).toEqual([
    ["code", 1, 1],
    ["media", 7, 2],
    ["z.txt", 1, 1],
  ]);
});

it("shows what is in open folders, numbers in names by their size", () => {
  const rows = treeRows(files, (path) => path.startsWith("media"));
  expect(rows.map(({ name, depth }) => [name, depth])).toEqual([
    ["code", 0],
    ["media", 0],
    ["images", 1],
    ["a9.png", 2],
    ["a10.png", 2],
    ["z.txt", 0],
  ]);
});
