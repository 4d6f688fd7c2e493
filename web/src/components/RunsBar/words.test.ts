import { expect, it } from "vitest";
import { fieldsOf } from "../../view/fields";
import { rangeWords } from "./words";

const [LOW, HIGH] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

it.each([
  [1.5, 20, "Steps 1.5 to 20"],
  [1.5, HIGH, "Steps from 1.5"],
  [LOW, 20, "Steps up to 20"],
  [LOW, HIGH, "Steps of any size"],
])("the range from %s to %s is said as %j", (from, to, words) => {
  const steps = fieldsOf([], null).find(({ id }) => id === "steps");
  expect(rangeWords({ from, to }, steps, "steps")).toBe(words);
});
