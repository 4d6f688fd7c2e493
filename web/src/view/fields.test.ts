import { expect, it } from "vitest";
import { fieldsOf, joinedField } from "./fields";
import { runOf } from "./testRuns";

const RUNS = [
  runOf("a", {
    params: { lr: 0.1, net: { act: "relu" } },
    config: { lr: 0.1, seed: 1 },
    summary: { acc: 1 },
    best: 2,
  }),
  runOf("b", { config: { lr: 0.2, net: { act: null }, seed: 2 }, summary: { acc: "NaN", note: "x" } }),
];
const METRIC = { name: "acc", goal: "maximize" } as const;

it("the metric comes first, then parameters, what was logged, configuration, and what every run has", () => {
  const ids = fieldsOf(RUNS, METRIC, ["lr", "net.act"]).map(({ id }) => id);
  expect(ids.slice(0, 7)).toEqual([
    "metric",
    "param:lr",
    "param:net.act",
    "summary:acc",
    "summary:note",
    "config:seed",
    "name",
  ]);
  expect(fieldsOf([], null).every(({ id }) => !id.includes(":"))).toBe(true);
});

it("what is logged and configured under one name is told apart, and a parameter keeps its name", () => {
  const run = runOf("a", {
    params: { lr: 0.1 },
    config: { lr: 0.1, seed: 1 },
    summary: { lr: 0.05, acc: 1 },
  });
  const labels = (params: string[]) => fieldsOf([run], null, params).map(({ id, label }) => `${id} ${label}`);
  expect(labels([]).slice(0, 4)).toEqual([
    "summary:lr lr (summary)",
    "summary:acc acc",
    "config:lr lr (configuration)",
    "config:seed seed",
  ]);
  expect(labels(["lr"]).slice(0, 3)).toEqual(["param:lr lr", "summary:lr lr (summary)", "summary:acc acc"]);
});

it("what besom adds to a summary and what media consist of is no field", () => {
  const media = { _type: "images", count: 2 };
  const run = runOf("a", { config: { _own: 1 }, summary: { acc: 1, _step: 3, digit: media } });
  const ids = fieldsOf([run], null).map(({ id }) => id);
  expect(ids.slice(0, 3)).toEqual(["summary:acc", "config:_own", "name"]);
});

it("a column is of numbers when all its values are, NaN and the infinities with them", () => {
  const kinds = new Map(fieldsOf(RUNS, METRIC, ["lr", "net.act"]).map(({ id, kind }) => [id, kind]));
  expect(kinds.get("summary:acc")).toBe("number");
  expect(kinds.get("summary:note")).toBe("category");
  expect(kinds.get("param:net.act")).toBe("category");
});

it("a parameter is what was handed out, and without a sweep what the program says", () => {
  const field = fieldsOf(RUNS, null, ["lr"]).find(({ id }) => id === "param:lr");
  expect(RUNS.map((run) => field?.read(run))).toEqual([0.1, 0.2]);
});

it("several fields are one that has the values of all, as the table groups by them", () => {
  const [acc, seed] = fieldsOf(RUNS, null).filter(({ label }) => ["acc", "seed"].includes(label));
  if (acc === undefined || seed === undefined) throw new Error("they are there");
  expect(joinedField([])).toBeUndefined();
  expect(joinedField([seed])).toBe(seed);
  const both = joinedField([acc, seed]);
  expect(both?.label).toBe("acc, seed");
  expect(RUNS.map((run) => both?.read(run))).toEqual(["1, 1", "NaN, 2"]);
});
