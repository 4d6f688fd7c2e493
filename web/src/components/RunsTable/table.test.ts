import { describe, expect, it } from "vitest";
import { formatTime } from "../../lib/format";
import { fieldsOf } from "../../view/fields";
import { renamer } from "../../view/ownNames";
import { statisticsOf } from "../../view/statistics";
import { runOf } from "../../view/testRuns";
import { histogramOf, spanOf } from "./bins";
import { AS_USUAL, arrange, type ColumnChoice, columnDigits, moved, widthIn } from "./columns";
import { runsAsCsv } from "./export";
import { groupRows, idsBetween, isGroup } from "./groups";
import { formatSorting, nextSorting, parseSorting, sortRuns } from "./sorting";

const METRIC = { name: "loss", goal: "minimize" } as const;
const RUNS = [
  runOf("a", { config: { lr: 0.1, opt: "sgd" }, best: 3, summary: { acc: 2 } }),
  runOf("b", { config: { lr: 0.2, opt: "adam" }, best: 1, summary: { acc: "NaN" } }),
  runOf("c", { config: { lr: 0.3, opt: "sgd" }, best: 2, summary: { acc: 10 } }),
  runOf("d", { config: { opt: null } }),
];
const FIELDS = fieldsOf(RUNS, METRIC, ["lr", "opt"]);
const field = (id: string) => {
  const one = FIELDS.find((other) => other.id === id);
  if (one === undefined) throw new Error(`no field ${id}`);
  return one;
};
const ids = (runs: readonly { id: string }[]) => runs.map(({ id }) => id).join("");

describe("the order of the runs", () => {
  it("begins with the best run, or with the newest where there is no metric", () => {
    expect(parseSorting(null, "minimize")).toEqual({ id: "metric", descending: false });
    expect(parseSorting(null, "maximize")).toEqual({ id: "metric", descending: true });
    expect(parseSorting(null, null)).toEqual({ id: "created", descending: true });
  });
  it("comes back from the address", () => {
    for (const sorting of [
      { id: "param:model.lr", descending: true },
      { id: "name", descending: false },
      null,
    ]) {
      expect(parseSorting(formatSorting(sorting), "minimize")).toEqual(sorting);
    }
  });
  it("has missing values last both ways, and what is not a number before them", () => {
    expect(ids(sortRuns(RUNS, field("summary:acc"), false))).toBe("acbd");
    expect(ids(sortRuns(RUNS, field("summary:acc"), true))).toBe("cabd");
  });
  it("goes through the natural order, the other one and none", () => {
    const first = nextSorting(null, field("created"), "minimize");
    expect(first).toEqual({ id: "created", descending: true });
    const second = nextSorting(first, field("created"), "minimize");
    expect(second).toEqual({ id: "created", descending: false });
    expect(nextSorting(second, field("created"), "minimize")).toBeNull();
  });
});

describe("columns", () => {
  const shown = (choice: ColumnChoice, unusual = new Set<string>()) =>
    arrange(
      FIELDS,
      choice,
      unusual,
      () => 200,
      new Map(),
      () => 1,
    )
      .filter((column) => column.shown)
      .map((column) => column.field.id);

  it("are the name, the metric, the state, then parameters and what was logged", () => {
    expect(shown(AS_USUAL, new Set(["why", "sweep", "tags", "creator"]))).toEqual(
      "name metric state param:lr param:opt summary:acc steps duration created".split(" "),
    );
  });
  it("are shown, hidden and pinned as chosen, the name always first", () => {
    const choice = { shown: { host: true, state: false, name: false }, order: [], pinned: ["param:opt"] };
    expect(shown(choice).slice(0, 3)).toEqual(["name", "param:opt", "metric"]);
    expect(shown(choice)).toContain("host");
    expect(shown(choice)).not.toContain("state");
    const [name, pinned] = arrange(
      FIELDS,
      choice,
      new Set(),
      () => 200,
      new Map(),
      () => 1,
    );
    expect([name?.left, pinned?.left]).toEqual([0, 200]);
  });
  it("stay in the order that they were moved to, and a new one stands by its neighbour", () => {
    const before = arrange(
      FIELDS.filter(({ id }) => id !== "param:opt"),
      AS_USUAL,
      new Set(),
      () => 200,
      new Map(),
      () => 1,
    );
    const order = moved(before, "param:lr", "metric");
    expect(shown({ ...AS_USUAL, order }).slice(0, 4)).toEqual(["name", "param:lr", "param:opt", "metric"]);
    expect(moved(before, "metric", null).at(-1)).toBe("metric");
  });
});

it("leaves room for the metric beside the name at the left of charts, for the state too on a telephone, and for what groups say", () => {
  const sum = (room: "side" | "telephone", ...ids: string[]) =>
    ids.reduce((width, id) => width + widthIn(room, field(id), 300, false), 0);
  expect(sum("side", "name", "metric")).toBeLessThan(368 - 15);
  expect(sum("telephone", "name", "state") + widthIn("telephone", field("metric"), 110, false)).toBeLessThan(
    366,
  );
  const grouped = (room: "page" | "side" | "telephone", id: string) => widthIn(room, field(id), 100, true);
  expect(grouped("telephone", "name") + grouped("telephone", "metric")).toBeLessThan(366);
  for (const room of ["page", "side", "telephone"] as const) {
    expect(grouped(room, "metric")).toBeGreaterThan(room === "telephone" ? 175 : 260);
    expect(widthIn(room, field("param:opt"), 100, true)).toBe(room === "page" ? 100 : 92);
  }
});

it("writes the numbers of a logged column with as many digits as one of them needs, parameters as they were chosen", () => {
  const runs = [
    runOf("a", { best: 0.5, config: { lr: 0.5 }, summary: { acc: 0.0125, epoch: 3 } }),
    runOf("b", { best: 0.123456, config: { lr: 0.125 }, summary: { acc: 0.9, epoch: 10 } }),
  ];
  const digits = (id: string) => {
    const found = fieldsOf(runs, METRIC, ["lr"]).find((one) => one.id === id);
    return found && columnDigits(found, runs);
  };
  expect(["metric", "summary:acc", "summary:epoch", "param:lr"].map(digits)).toEqual([5, 3, 1, 1]);
});

describe("groups", () => {
  it("of times and durations are called as these are shown, and apart where these are", () => {
    const runs = [0, 0.25, 90].map((more, i) =>
      runOf(`r${i}`, { created: 1_764_000_000.5 + more, duration: 100 + more }),
    );
    const called = (id: string) =>
      groupRows(runs, [field(id)], new Set()).map((row) => isGroup(row) && [row.value, row.runs.length]);
    const time = formatTime(1_764_000_000);
    expect(called("created")).toEqual([
      [time, 2],
      [formatTime(1_764_000_090), 1],
    ]);
    expect(called("duration")).toEqual([
      ["1 min 40 s", 2],
      ["3 min 10 s", 1],
    ]);
  });
  it("stand where their first run does, and fold", () => {
    const sorted = sortRuns(RUNS, field("metric"), false);
    const folded = groupRows(sorted, [field("param:opt")], new Set());
    expect(folded.map((row) => isGroup(row) && [row.value, row.runs.length])).toEqual([
      ["adam", 1],
      ["sgd", 2],
      ["null", 1],
    ]);
    const key = folded.flatMap((row) => (isGroup(row) && row.value === "sgd" ? row.key : []));
    const open = groupRows(sorted, [field("param:opt")], new Set(key));
    expect(open.map((row) => (isGroup(row) ? row.value : row.run.id))).toEqual([
      "adam",
      "sgd",
      "c",
      "a",
      "null",
    ]);
  });
  it("may lie in groups", () => {
    const outer = groupRows(RUNS, [field("param:opt"), field("state")], new Set(['/"sgd"']));
    expect(outer.map((row) => [row.depth, isGroup(row) && row.value])).toEqual([
      [0, "sgd"],
      [1, "Finished"],
      [0, "adam"],
      [0, "null"],
    ]);
  });
  it("have the mean and the spread of their finite numbers", () => {
    expect(statisticsOf(RUNS, field("summary:acc"))).toEqual({
      count: 2,
      mean: 6,
      spread: Math.sqrt(32),
      least: 2,
      most: 10,
    });
    expect(statisticsOf(RUNS, field("param:opt"))).toBeNull();
  });
});

describe("histograms of a group", () => {
  const numbers = (...values: unknown[]) => values.map((acc, i) => runOf(`${i}`, { summary: { acc } }));
  const acc = field("summary:acc");

  it("have the bins of all groups, so that groups can be compared", () => {
    const span = spanOf(numbers(0, 5, 12, "NaN", undefined), acc);
    expect(span).toEqual({ least: 0, most: 12, log: false });
    if (span === null) return;
    expect(histogramOf(numbers(0, 0.5, 11.5, 12, "NaN"), acc, span)).toEqual([2, ...Array(10).fill(0), 2]);
  });
  it("have bins of equal ratios where numbers differ in size", () => {
    const span = spanOf(numbers(1e-6, 1e6), acc);
    if (span === null) throw new Error("no span");
    expect(histogramOf(numbers(1e-6, 5e-6, 0.5, 5), acc, span)).toEqual([2, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
  });
  it("are not there where all numbers are the same", () => {
    expect(spanOf(numbers(3, 3), acc)).toBeNull();
    expect(spanOf([], acc)).toBeNull();
  });
});

it("a file calls runs as everybody does, whatever their reader calls them", () => {
  const runs = renamer({ b: "baseline" })(RUNS.slice(1, 3));
  expect(runsAsCsv(runs, [field("name"), field("param:lr")]).split(/\r?\n/)).toEqual([
    "name,config.lr,id",
    "b,0.2,b",
    "c,0.3,c",
    "",
  ]);
});

it("ticks go from the run that was last ticked, wherever it stands by now", () => {
  const rows = groupRows(RUNS, [], new Set());
  expect(idsBetween(rows, "b", 3)).toEqual(["b", "c", "d"]);
  expect(idsBetween(rows.toReversed(), "b", 0)).toEqual(["d", "c", "b"]);
  expect(idsBetween(rows, null, 1)).toEqual(["b"]);
  expect(idsBetween(rows, "gone", 1)).toEqual(["b"]);
});
