import { expect, it } from "vitest";
import { fieldsOf } from "../../view/fields";
import { runOf } from "../../view/testRuns";
import { conditionOf, draftOf, knownValues } from "./drafts";

const RUNS = [
  runOf("a", { config: { on: true, lr: 0.1, opt: "adam", sizes: [64, 32] }, tags: ["x", "y"] }),
  runOf("b", { config: { on: false, lr: 1e-7, opt: "sgd, slow", sizes: [8] }, tags: ["y"] }),
];
const FIELDS = new Map(fieldsOf(RUNS, null).map((field) => [field.id, field]));
const made = (id: string, operator: "=" | "in" | ">" | "exists", text: string) => {
  const field = FIELDS.get(id);
  return field && conditionOf({ field: id, operator, text }, field, knownValues(field, RUNS))?.value;
};

it("offers the values that runs have, the most frequent first, and each tag by itself", () => {
  const tags = FIELDS.get("tags");
  expect(tags && [...knownValues(tags, RUNS).values()]).toEqual(["y", "x"]);
});

it("a list that a run was given is one value, however it is asked for", () => {
  const sizes = FIELDS.get("config:sizes");
  expect(sizes && [...knownValues(sizes, RUNS).keys()]).toEqual(["[64,32]", "[8]"]);
  expect(made("config:sizes", "=", "[64,32]")).toEqual([64, 32]);
  expect(made("config:sizes", "in", "[8], [64,32]")).toEqual([[8], [64, 32]]);
  for (const [operator, value] of [
    ["=", [64, 32]],
    ["in", [[8], [64, 32]]],
  ] as const) {
    const draft = draftOf({ field: "config:sizes", operator, value }, "category");
    expect(made(draft.field, operator, draft.text)).toEqual(value);
  }
});

it("a value means itself, however many others there are", () => {
  const runs = Array.from({ length: 300 }, (_, i) => runOf(`r${i}`, { name: String(i) }));
  const name = fieldsOf(runs, null).find(({ id }) => id === "name");
  const draft = { field: "name", operator: "=", text: "299" } as const;
  expect(name && conditionOf(draft, name, knownValues(name, runs))?.value).toBe("299");
});

it("text means the value that is shown so, else a number, else itself", () => {
  expect(made("config:on", "=", "true")).toBe(true);
  expect(made("config:lr", "=", "1e−7")).toBe(1e-7);
  expect(made("config:lr", ">", " 0.05 ")).toBe(0.05);
  expect(made("config:opt", "=", "sgd, slow")).toBe("sgd, slow");
  expect(made("config:opt", "in", "adam, lion,")).toEqual(["adam", "lion"]);
  expect(made("config:opt", "in", "lion, sgd, slow, adam")).toEqual(["lion", "sgd, slow", "adam"]);
});

it("without a value there is no condition yet, unless none is needed", () => {
  expect(made("config:lr", "=", " ")).toBeUndefined();
  expect(made("config:lr", "exists", "no")).toBe(false);
  expect(made("config:lr", "exists", "")).toBe(true);
});

it("a condition becomes the text that it was made of", () => {
  expect(draftOf({ field: "f", operator: "in", value: [1, "a"] }, "category").text).toBe("1, a");
  expect(draftOf({ field: "f", operator: ">", value: 0.00001234567 }, "number").text).toBe("0.00001234567");
  const text = draftOf({ field: "created", operator: ">", value: 1_700_000_040 }, "time").text;
  const field = FIELDS.get("created");
  expect(field && conditionOf({ field: "created", operator: ">", text }, field, new Map())?.value).toBe(
    1_700_000_040,
  );
});

it.each([Number.POSITIVE_INFINITY, Number.NaN, 1e300])(
  "the time %j, which no date has, is left to be written",
  (value) => {
    expect(draftOf({ field: "created", operator: ">", value }, "time").text).toBe("");
  },
);
