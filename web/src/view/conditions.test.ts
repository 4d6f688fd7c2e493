import { describe, expect, it } from "vitest";
import { type Brush, type Condition, type Filter, NO_FILTER, type Wanted, wanted } from "./conditions";
import { fieldsOf } from "./fields";
import { insideOf, marked } from "./marks";
import { withAgentNames } from "./names";
import { renamer } from "./ownNames";
import { serverFilter } from "./serverFilter";
import { runOf } from "./testRuns";

const RUNS = [
  runOf("a", {
    name: "first.run",
    config: { lr: 0.1, deep: { on: true } },
    summary: { acc: 0.9 },
    tags: ["x", "y"],
  }),
  runOf("b", { name: "second", config: { lr: 0.01 }, summary: { acc: "NaN" }, state: "failed" }),
  runOf("c", { name: "Third", config: { lr: "auto", sizes: [64, 32] }, tags: ["y"] }),
];
const FIELDS = new Map(fieldsOf(RUNS, null).map((field) => [field.id, field]));

const ALL = { search: "", filter: NO_FILTER, brush: new Map() };
type Choice = Wanted & { brush: Brush };

const meant = (about: Partial<Choice>): string => {
  const choice: Choice = { ...ALL, ...about };
  const matched = RUNS.filter(wanted(choice, FIELDS));
  const inside = marked(matched, insideOf(choice.brush, matched, FIELDS));
  return inside.map(({ id }) => id).join("");
};
const all = (...conditions: [string, Condition["operator"], unknown][]): Filter => ({
  join: "and",
  conditions: conditions.map(([field, operator, value]) => ({ field, operator, value })),
});

describe("the search", () => {
  it("is a regular expression for names, heedless of case", () => {
    expect(meant({ search: "^(first|third)" })).toBe("ac");
  });
  it("takes what is no regular expression as plain words", () => {
    expect(meant({ search: "t.run" })).toBe("a");
    expect(meant({ search: "(sec" })).toBe("");
  });
});

describe("conditions", () => {
  it.each<[string, Condition["operator"], unknown, string]>([
    ["config:lr", "=", 0.1, "a"],
    ["config:lr", "!=", 0.1, "bc"],
    ["config:lr", "<", 0.1, "b"],
    ["config:lr", "in", [0.01, "auto"], "bc"],
    ["config:lr", "not in", [0.01, "auto"], "a"],
    ["summary:acc", ">=", 0.5, "a"],
    ["summary:acc", "exists", false, "c"],
    ["config:deep.on", "=", true, "a"],
    ["tags", "=", "y", "ac"],
    ["tags", "!=", "x", "bc"],
    ["state", "=", "Failed", "b"],
    ["config:gone", "!=", 1, ""],
    ["config:sizes", "=", [64, 32], "c"],
    ["config:sizes", "=", [64], ""],
    ["config:sizes", "in", [[8], [64, 32]], "c"],
  ])("%s %s %j means %s", (field, operator, value, ids) => {
    expect(meant({ filter: all([field, operator, value]) })).toBe(ids);
  });
  it("are joined by and, or by or", () => {
    const both = all(["tags", "=", "y"], ["config:lr", "=", 0.1]);
    expect(meant({ filter: both })).toBe("a");
    expect(meant({ filter: { ...both, join: "or" } })).toBe("ac");
  });
  it("hold together with the search and every brushed range", () => {
    expect(meant({ search: "r", brush: new Map([["config:lr", { from: 0.05, to: 1 }]]) })).toBe("a");
    expect(meant({ brush: new Map([["config:lr", { among: ["auto", "0.1"] }]]) })).toBe("ac");
  });
});

describe("a run that one calls otherwise", () => {
  const runs = renamer({ b: "Baseline" })(RUNS);
  const names = (choice: Partial<Wanted>) =>
    runs.filter(wanted({ search: "", filter: NO_FILTER, ...choice }, FIELDS)).map(({ name }) => name);

  it("is found by both names", () => {
    for (const search of ["^base", "second"]) expect(names({ search })).toEqual(["Baseline"]);
    for (const name of ["Baseline", "second"]) {
      expect(names({ filter: all(["name", "=", name]) })).toEqual(["Baseline"]);
      expect(names({ filter: all(["name", "not in", [name]]) })).toEqual(["first.run", "Third"]);
    }
  });
  it("stands where its own name belongs", () => {
    expect(names({ filter: all(["name", "<", "c"]) })).toEqual(["Baseline"]);
  });
});

describe("agents", () => {
  const runs = ["1", "2", "3", null].map((agent, i) =>
    runOf("abcd"[i] ?? "", { agent_id: agent && `id-${agent}` }),
  );
  const agents = [
    { id: "id-1", name: "box" },
    { id: "id-2", name: "box" },
    { id: "id-3", name: "mill" },
  ];
  it.each<[Condition["operator"], unknown, unnamed: string, named: string]>([
    ["=", "id-3", "c", "c"],
    ["=", "mill", "", "c"],
    ["=", "box (id-2)", "", "b"],
    ["in", ["box", "id-3"], "c", "abc"],
    ["!=", "id-1", "bcd", "bcd"],
    ["not in", ["box"], "abcd", "cd"],
    ["exists", false, "d", "d"],
  ])("%s %j are meant by id and by name", (operator, value, unnamed, named) => {
    for (const [fields, ids] of [
      [fieldsOf(runs, null), unnamed],
      [withAgentNames(fieldsOf(runs, null), agents), named],
    ] as const) {
      const byId = new Map(fields.map((field) => [field.id, field]));
      const chosen = runs.filter(wanted({ search: "", filter: all(["agent", operator, value]) }, byId));
      expect(chosen.map(({ id }) => id).join("")).toBe(ids);
      if (operator !== "in") continue;
      const brush = new Map([["agent", { among: value as string[] }]]);
      expect(marked(runs, insideOf(brush, runs, byId)).map(({ id }) => id)).toEqual([...ids]);
    }
  });
});

describe("in the server's words", () => {
  const asked = (about: Partial<Choice>) => serverFilter({ ...ALL, ...about }, FIELDS);

  it("conditions and ranges of numbers can be asked for", () => {
    expect(asked({})).toEqual({});
    expect(
      asked({
        filter: { ...all(["config:lr", "<=", 0.1], ["tags", "in", ["x"]]), join: "or" },
        brush: new Map([["summary:acc", { from: 0, to: 1 }]]),
      }),
    ).toEqual({
      $and: [
        { "summary_metrics.acc": { $gte: 0, $lte: 1 } },
        { $or: [{ "config.lr": { $lte: 0.1 } }, { tags: { $in: ["x"] } }] },
      ],
    });
  });
  it("an open end of a range is no condition", () => {
    const range = (from: number, to: number) => asked({ brush: new Map([["summary:acc", { from, to }]]) });
    const { NEGATIVE_INFINITY: LOW, POSITIVE_INFINITY: HIGH, MAX_VALUE } = Number;
    expect(range(0.5, HIGH)).toEqual({ $and: [{ "summary_metrics.acc": { $gte: 0.5 } }] });
    expect(range(LOW, 0.5)).toEqual({ $and: [{ "summary_metrics.acc": { $lte: 0.5 } }] });
    expect(range(LOW, HIGH)).toEqual({ $and: [{ "summary_metrics.acc": { $gte: -MAX_VALUE } }] });
  });
  it("a search, a state, a category that is brushed and a list that runs were given cannot", () => {
    expect(asked({ filter: all(["config:sizes", "=", [64, 32]]) })).toBeNull();
    expect(asked({ filter: all(["config:sizes", "in", [[64, 32]]]) })).toBeNull();
    expect(asked({ search: "x" })).toBeNull();
    expect(asked({ filter: all(["state", "=", "Failed"]) })).toBeNull();
    expect(asked({ brush: new Map([["config:lr", { among: ["auto"] }]]) })).toBeNull();
  });
});
