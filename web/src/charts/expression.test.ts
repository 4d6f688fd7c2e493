import { expect, it } from "vitest";
import { parseExpression } from "./expression";

const VALUES: Record<string, number> = { loss: 2, "val/loss": 5, "a b": 3 };
const read = (key: string) => VALUES[key] ?? Number.NaN;
const computed = (text: string) => parseExpression(text).compute(read);

it.each([
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how metrics are named
  ["${val/loss} - ${loss}", 3],
  ["loss + ${a b} * 2", 8],
  ["(loss + ${a b}) * 2", 10],
  ["-loss ** 2", -4],
  ["2 ** 3 ** 2 - loss", 510],
  ["10 - 4 - loss", 4],
  ["log10(${val/loss} * 20) / .5e0", 4],
  ["7 % ${a b}", 1],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
])("computes %s", (text, value) => {
  expect(computed(text)).toBeCloseTo(value);
});

it("names the metrics, each once", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how metrics are named
  expect(parseExpression("${val/loss} / loss + loss").keys).toEqual(["val/loss", "loss"]);
});

it("is no number where a value is missing", () => {
  expect(computed("loss + other")).toBeNaN();
});

it.each([
  ["loss +", "missing at the end"],
  ["(loss", "not closed"],
  ["loss loss", "is expected"],
  ["* loss", "where a value"],
  ["1 + 2", "No metric"],
  ["loss ; alert(1)", "cannot be read"],
  ["", "missing"],
])("says what is wrong with %j", (text, words) => {
  expect(() => parseExpression(text)).toThrow(words);
});
