import { expect, it } from "vitest";
import { KINDS, parsePanel, template } from "./panels";

it("reads what is said of a panel", () => {
  const text = 'sweep: abc123\nmetric: val_loss - loss\n\nfilter: {"config.lr": {"$lt": 0.1}}';
  expect(parsePanel("curves", text)).toEqual({
    kind: "curves",
    sweep: "abc123",
    metric: "val_loss - loss",
    key: null,
    filter: '{"config.lr": {"$lt": 0.1}}',
    limit: 10,
  });
});

it.each(KINDS)("begins a panel %s with one that is understood", (kind) => {
  const [, , ...lines] = template(kind, "abc123").split("\n");
  expect(parsePanel(kind, lines.slice(0, -2).join("\n")).sweep).toBe("abc123");
});

it.each([
  ["curves", "metric: loss", "sweep"],
  ["parallel", "sweep: a b", "id of a sweep"],
  ["importance", "sweep: a\ncolour: red", "takes: sweep"],
  ["curves", "sweep: a\nlimit: 3", "takes: sweep, metric, filter"],
  ["media", "sweep: a\nmetric: loss", "takes: sweep, key, filter"],
  ["runs", "sweep: a\nlimit: many", "whole number"],
  ["runs", "sweep: a\nfilter: lr < 1", "is no filter"],
] as const)("says what is wrong with %s %j", (kind, text, words) => {
  expect(() => parsePanel(kind, text)).toThrow(words);
});
