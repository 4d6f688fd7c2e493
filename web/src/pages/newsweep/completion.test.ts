import { expect, test } from "vitest";
import { completionsAt, indentAfter, placeOf } from "./completion";

/** The text with its caret at `|`. */
function at(text: string): [lines: string[], line: number, column: number] {
  const before = text.slice(0, text.indexOf("|")).split("\n");
  return [text.replace("|", "").split("\n"), before.length - 1, before.at(-1)?.length ?? 0];
}

const labels = (text: string) => completionsAt(...at(text)).map(({ label }) => label);

test.each([
  ["me|", ["method", "metric"]],
  ["method: b|", ["bayes"]],
  ["metric:\n  g|", ["goal"]],
  ["metric:\n  goal: |", ["minimize", "maximize"]],
  ["metric: {name: loss, g|", ["goal"]],
  ["parameters:\n  lr:\n    dis|", ["distribution"]],
  ["parameters:\n  lr: {distribution: log|", ["log_uniform_values", "log_normal"]],
  ["parameters:\n  l|", []],
  ["parameters:\n  net:\n    parameters:\n      width:\n        mi|", ["min"]],
  ["early_terminate:\n  type: hyp|", ["hyperband"]],
  ["name: met|", []],
  ["# met|", []],
  ['name: "met|', []],
  ["method: bayes|", []],
  ["program: train.py me|", []],
])("at %j there may stand %j", (text, expected) => {
  expect(labels(text)).toEqual(expected);
});

test("the path of a place is made of the keys above it", () => {
  const [lines, line, column] = at("method: bayes\nparameters:\n  a:\n    min: 1\n  b:\n    ma|");
  expect(placeOf(lines, line, column)).toEqual({ path: ["parameters", "b"], key: null, word: "ma" });
});

test("a key is written with its colon, a value as it is", () => {
  expect(completionsAt(...at("see|"))[0]?.insert).toBe("seed: ");
  expect(completionsAt(...at("method: g|"))[0]?.insert).toBe("grid");
});

test("the next line goes one level deeper behind a key alone", () => {
  expect(indentAfter("parameters:")).toBe("  ");
  expect(indentAfter("  lr: ")).toBe("    ");
  expect(indentAfter("  lr: 3")).toBe("  ");
});
