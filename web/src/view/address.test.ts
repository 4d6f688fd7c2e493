import { expect, it } from "vitest";
import { fieldsNamed, formatBrush, formatFilter, parseBrush, parseFilter } from "./address";
import { type Brush, type Filter, NO_FILTER } from "./conditions";

it("filters, ranges and ticks come back from the address as they went", () => {
  const filter: Filter = {
    join: "or",
    conditions: [
      { field: "config:a,b", operator: "in", value: [1, "x", null] },
      { field: "metric", operator: "exists", value: false },
    ],
  };
  expect(parseFilter(formatFilter(filter))).toEqual(filter);
  const brush: Brush = new Map([
    ["metric", { from: -1, to: 2.5 }],
    ["summary:acc", { from: 0.5, to: Number.POSITIVE_INFINITY }],
    ["created", { from: Number.NEGATIVE_INFINITY, to: 7 }],
    ["param:opt", { among: ["adam", "–"] }],
  ]);
  expect(parseBrush(formatBrush(brush))).toEqual(brush);
});

it("nothing chosen is nothing in the address", () => {
  expect([formatFilter(NO_FILTER), formatBrush(new Map())]).toEqual(["", ""]);
});

it.each([null, "", "x", "{}", "[1,2]", '["and",["a"]]', '["and",["a","like",1]]', "[[],[1]]"])(
  "the address %j chooses nothing",
  (text) => {
    expect(parseFilter(text).conditions).toEqual([]);
    expect(parseBrush(text).size).toBe(0);
  },
);

it("an address names the fields of its order, groups, conditions and ranges, and none in its other words", () => {
  const filter = '["and",["param:agent.lr","=","agent"],["agent","in",["a"]]]';
  const named = (words: Record<string, string>) => fieldsNamed(new URLSearchParams(words));
  expect(named({ q: "agent", sort: "-created", filter, group: "host", brush: '[["metric",0,1]]' })).toEqual([
    "created",
    "host",
    "param:agent.lr",
    "agent",
    "metric",
  ]);
  expect(named({ q: "agent", sort: "none", selected: "agent" })).not.toContain("agent");
});
