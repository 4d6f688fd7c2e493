import { expect, it } from "vitest";
import { orderRows, parseTable, tableColumns } from "./tableFile";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

it("reads a table, and says when a file is none", () => {
  expect(parseTable(encode({ columns: ["a", 1], data: [[1, 2]] })).columns).toEqual(["a", "1"]);
  expect(() => parseTable(encode([1]))).toThrow("holds no table");
  expect(() => parseTable(encode("").slice(0, 1))).toThrow("cannot be read");
});

it("reads the numbers that Python writes and JSON does not know, and leaves texts alone", () => {
  const text =
    '{"columns": ["a \\"NaN\\" \\\\", "b"], "data": [[NaN, "-Infinity, NaN"], [-Infinity, Infinity], [1, null]]}';
  expect(parseTable(new TextEncoder().encode(text))).toEqual({
    columns: ['a "NaN" \\', "b"],
    data: [
      ["NaN", "-Infinity, NaN"],
      ["-Infinity", "Infinity"],
      [1, null],
    ],
  });
});

it("knows columns of numbers and of images by their cells", () => {
  const image = { _type: "image-file", path: "a.png" };
  const table = {
    columns: ["n", "words", "image"],
    data: [
      [1, "a", image],
      ["NaN", 2, null],
      [null, "c", image],
    ],
  };
  const kinds = tableColumns(table).map(({ number, image }) => [number, image]);
  expect(kinds).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ]);
});

it("sorts both ways with missing cells last", () => {
  const data = [[3], [null], [1], [10]];
  expect(orderRows(data, { column: 0, descending: false })).toEqual([2, 0, 3, 1]);
  expect(orderRows(data, { column: 0, descending: true })).toEqual([3, 0, 2, 1]);
  expect(orderRows(data, null)).toEqual([0, 1, 2, 3]);
});
