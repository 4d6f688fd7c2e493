import { expect, it } from "vitest";
import { found } from "./fuzzy";

const NAMES = ["learning_rate", "lr", "model.layer.rate", "Batch size"];
const find = (typed: string, match: "fuzzy" | "exact" | "regex") =>
  found(typed, match, NAMES, (name) => name);

it("finds letters in their order, what begins with them first", () => {
  expect(find("lr", "fuzzy")).toEqual(["lr", "learning_rate", "model.layer.rate"]);
  expect(find("bsize", "fuzzy")).toEqual(["Batch size"]);
  expect(find("xyz", "fuzzy")).toEqual([]);
});
it("finds exactly what was typed", () => {
  expect(find("rate", "exact")).toEqual(["learning_rate", "model.layer.rate"]);
  expect(find("batch", "exact")).toEqual([]);
});
it("finds by a regular expression, and by a broken one nothing", () => {
  expect(find("^l.*(r|e)$", "regex")).toEqual(["learning_rate", "lr"]);
  expect(find("(", "regex")).toEqual([]);
});
