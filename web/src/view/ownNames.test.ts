import { expect, it } from "vitest";
import { fullName, namesOf, type OwnNames, realName, renamer, runsCalled } from "./ownNames";
import { runOf } from "./testRuns";

const RUNS = ["a", "b"].map((id) => runOf(id, { name: `amber-${id}` }));

it("a name of one's own stands in place of the real one, which stays known", () => {
  const [mine, other] = renamer({ a: "baseline" })(RUNS);
  expect(mine).toMatchObject({ id: "a", name: "baseline" });
  expect(mine && [realName(mine), fullName(mine), namesOf(mine)]).toEqual([
    "amber-a",
    "baseline (amber-a)",
    ["baseline", "amber-a"],
  ]);
  expect(other).toBe(RUNS[1]);
  expect(other && [realName(other), fullName(other), namesOf(other)]).toEqual([
    "amber-b",
    "amber-b",
    ["amber-b"],
  ]);
});

it("runs that nobody calls otherwise stay the same list, and a renamed one the same object", () => {
  const inVain: OwnNames[] = [{}, { c: "baseline" }, { a: "amber-a" }, { a: "" }];
  for (const names of inVain) expect(renamer(names)(RUNS)).toBe(RUNS);
  const rename = renamer({ b: "baseline" });
  expect(rename(RUNS)[1]).toBe(rename([...RUNS])[1]);
});

it("what is no name, in storage of another version, is passed over", () => {
  const names = { a: 7 } as unknown as Record<string, string>;
  expect(renamer(names)([runOf("constructor"), ...RUNS]).map(({ name }) => name)).toEqual([
    "constructor",
    "amber-a",
    "amber-b",
  ]);
});

it("runs are found by a part of the reader's names, in all projects, the first of them", () => {
  const odd = { a: 7, c: "basement" } as unknown as OwnNames;
  const names = new Map([
    ["ann/digits", { a: "My Baseline", b: "wider" }],
    ["bob/words", odd],
  ]);
  const [ofAnn, ofBob] = [
    { entity: "ann", project: "digits", id: "a" },
    { entity: "bob", project: "words", id: "c" },
  ];
  expect(runsCalled(names, "BASE", 8)).toEqual([ofAnn, ofBob]);
  expect(runsCalled(names, "base", 1)).toEqual([ofAnn]);
  expect(runsCalled(names, "7", 8)).toEqual([]);
});
