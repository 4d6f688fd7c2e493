import { expect, it } from "vitest";
import { fieldsOf } from "../../view/fields";
import { namesApart } from "../../view/names";
import { runOf } from "../../view/testRuns";
import { differenceWords, filePairs } from "./codeOf";
import { asText, chosenRows, runRows } from "./rows";
import { progressLines } from "./sweepProgressLines";

const runs = [
  runOf("a", { config: { lr: 0.1, model: { depth: 3 } }, summary: { loss: 2 } }),
  runOf("b", { config: { lr: 0.2, model: { depth: 3 } }, summary: { loss: 2, extra: "x\ty" } }),
];
const rows = runRows(runs, fieldsOf(runs, null));

it("tells what differs from what does not", () => {
  const differences = chosenRows(rows, true, null).map(({ name }) => name);
  expect(differences).toContain("lr");
  expect(differences).toContain("extra");
  expect(differences).not.toContain("model.depth");
  expect(differences).not.toContain("loss");
  expect(chosenRows(rows, false, /depth/).map(({ cells }) => cells)).toEqual([["3", "3"]]);
  // A list of one is not that one, and small numbers differ beyond their fourth digit.
  const near = [
    { lr: 3.3912e-5, sizes: [128] },
    { lr: 3.39124e-5, sizes: 128 },
  ].map((config, i) => runOf(`${i}`, { config }));
  const told = chosenRows(runRows(near, fieldsOf(near, null)), true, /lr|sizes/);
  expect(told.map(({ cells }) => cells)).toEqual([
    ["3.3912e−5", "3.39124e−5"],
    ["[128]", "128"],
  ]);
});

it("goes to the clipboard as a table of numbers and texts, one line a row whatever is in the cells", () => {
  expect(asText(["a", "b"], chosenRows(rows, true, /extra/))).toBe("\ta\tb\nextra\t–\tx y");
  const odd = { part: "", name: "@home", cells: ["=1+1", "−0.5", "1.2e−7"], differs: true };
  expect(asText(["a", "b", "c"], [odd])).toBe("\ta\tb\tc\n'@home\t'=1+1\t-0.5\t1.2e-7");
});

it("climbs in stairs: a best value holds until the next one", () => {
  const run = (best: number | null, ended: number) => ({ best, created: 100, ended, heartbeat: null });
  const { byRuns, byTime } = progressLines(
    "s",
    [run(1, 130), run(5, 110), run(null, 120)],
    "minimize",
    "#000000",
  );
  expect(byRuns.steps).toEqual([1, 2, 3, 3]);
  expect(byRuns.values).toEqual([5, 5, 5, 1]);
  expect(byTime.steps).toEqual([10, 20, 30, 30]);
});

it("tells runs of one name apart by their ids", () => {
  const named = (id: string, name: string) => ({ id, name });
  expect([...namesApart([named("1", "a"), named("2", "b"), named("3", "a")])]).toEqual([
    ["1", "a (1)"],
    ["2", "b"],
    ["3", "a (3)"],
  ]);
});

it("puts the files of two runs beside each other, those that differ first", () => {
  const file = (path: string, digest: string) => ({ path, digest, size: 1, address: `/${digest}` });
  const pairs = filePairs(
    [file("a", "1"), file("b", "1"), file("c", "1")],
    [file("d", "1"), file("c", "2"), file("a", "1")],
  );
  expect(pairs.map(({ path, change }) => [path, change])).toEqual([
    ["c", "changed"],
    ["b", "only left"],
    ["d", "only right"],
    ["a", "same"],
  ]);
  expect(differenceWords(pairs)).toBe("3 of 4 files differ.");
  expect(differenceWords(pairs.slice(0, 3))).toBe("All 3 files differ.");
  expect(differenceWords(pairs.slice(0, 2))).toBe("Both files differ.");
  expect(differenceWords(pairs.slice(0, 1))).toBe("The only file differs.");
  expect(differenceWords(pairs.slice(3))).toBe("The only file is the same.");
});
