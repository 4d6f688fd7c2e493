import { expect, it } from "vitest";
import { arranged, type Change } from "./arranged";
import { dropPlace, sectionBoxes } from "./dropPlace";
import { AUTOMATIC, type Entry, type Panel, readPanels, spansOf } from "./panels";
import { NO_STEPS, redone, type Steps, stepped, undone } from "./undo";

const ids = (entries: readonly Entry[]) => entries.map(({ id }) => id);
/** None of the changes is one of sections. */
const after = (...changes: Change[]) =>
  changes.reduce<readonly Entry[]>(arranged, AUTOMATIC) as readonly Panel[];

it("panels are moved, hidden, resized, added and doubled", () => {
  expect(ids(after({ do: "move", id: "contour", before: "parallel" }))).toEqual([
    "scatter",
    "contour",
    "parallel",
    "curves",
    "importance",
    "slices",
  ]);
  expect(ids(after({ do: "move", id: "scatter", before: null })).at(-1)).toBe("scatter");
  expect(ids(after({ do: "hide", id: "slices" }))).not.toContain("slices");
  const sized = after(
    { do: "resize", id: "curves", width: "full" },
    { do: "resize", id: "curves", height: 9 },
  );
  expect(sized[2]).toEqual({ id: "curves", kind: "curves", width: "full", height: 120 });
  const doubled = arranged(sized, { do: "add", id: "curves-2", kind: "curves", after: "curves" });
  expect(doubled[3]).toEqual({ id: "curves-2", kind: "curves", width: "full", height: 120 });
  expect(after({ do: "add", id: "text", kind: "text", after: null }).at(-1)?.id).toBe("text");
});

it("a change of a panel that is gone, or to its own place, changes nothing", () => {
  expect(after({ do: "hide", id: "no such" })).toBe(AUTOMATIC);
  for (const before of ["scatter", "parallel"])
    expect(after({ do: "move", id: "scatter", before })).toBe(AUTOMATIC);
  expect(after({ do: "move", id: "contour", before: null })).toBe(AUTOMATIC);
});

it("halves share a row as their kinds want; what stands alone fills it unless it was made half as wide", () => {
  expect(spansOf(AUTOMATIC)).toEqual([5, 7, 7, 5, 7, 5]);
  expect(spansOf(after({ do: "hide", id: "contour" }))).toEqual([5, 7, 7, 5, 12]);
  const wide: Change = { do: "resize", id: "parallel", width: "full" };
  expect(spansOf(after(wide))).toEqual([12, 12, 7, 5, 7, 5]);
  expect(spansOf(after(wide, { do: "resize", id: "scatter", width: "half" }))[0]).toBe(6);
});

it("an arrangement comes back as it was kept, and what it has of other versions or nonsense is left out", () => {
  const mine = after({ do: "resize", id: "parallel", width: "full", height: 500 });
  expect(readPanels(JSON.parse(JSON.stringify(mine)))).toEqual(mine);
  const strange = [
    7,
    null,
    { id: "x", kind: "toString" },
    { id: 1, kind: "scatter" },
    { id: "nameless", kind: "section", name: " " },
    ...AUTOMATIC,
    AUTOMATIC[0],
  ];
  expect(readPanels(strange)).toEqual(AUTOMATIC);
  const sizes = [{ id: "a", kind: "text", width: 12, height: "tall" }];
  expect(readPanels(sizes)).toEqual([{ id: "a", kind: "text", width: null, height: null }]);
  for (const none of [undefined, null, {}, "panels"]) expect(readPanels(none)).toBeNull();
});

it("steps are undone and done again, until another is taken", () => {
  let steps: Steps<string> = stepped(stepped<string>(NO_STEPS, "a"), "b");
  const back = undone(steps, "c");
  expect(back?.value).toBe("b");
  steps = back?.steps ?? steps;
  const further = undone(steps, "b");
  expect(further?.value).toBe("a");
  expect(undone(further?.steps ?? steps, "a")).toBeNull();
  const again = redone(steps, "b");
  expect(again?.value).toBe("c");
  expect(again?.steps).toEqual({ past: ["a", "b"], future: [] });
  expect(redone(stepped(steps, "b"), "d")).toBeNull();
});

it("a panel takes the place of the one over whose nearer half it is let go", () => {
  const row = { top: 0, height: 100, width: 500 };
  const boxes = [
    { id: "a", left: 0, ...row },
    { id: "b", left: 500, ...row },
    { id: "wide", left: 0, top: 120, width: 1000, height: 100 },
  ];
  const at = (x: number, y: number) => dropPlace(boxes, 1000, x, y);
  expect([at(10, 50), at(300, 50), at(700, 50), at(900, 50)]).toEqual(["a", "b", "b", "wide"]);
  expect([at(10, -5), at(10, 110), at(900, 130), at(900, 200), at(10, 900)]).toEqual([
    "a",
    "wide",
    "wide",
    null,
    null,
  ]);
});

it("what is let go over the head of a section comes into it, and a section goes before or behind whole sections", () => {
  const wide = { left: 0, width: 1000 };
  const boxes = [
    { id: "a", top: 0, height: 100, ...wide },
    { id: "full", top: 120, height: 30, head: true, ...wide },
    { id: "b", top: 160, height: 100, ...wide },
    { id: "folded", top: 280, height: 30, head: true, ...wide },
    { id: "last", top: 320, height: 30, head: true, ...wide },
  ];
  const of = (boxes: Parameters<typeof dropPlace>[0]) => (y: number) => dropPlace(boxes, 1000, 500, y);
  expect([90, 110, 121, 149, 250, 281, 309, 349].map(of(boxes))).toEqual([
    "full",
    "full",
    "b",
    "b",
    "folded",
    "last",
    "last",
    null,
  ]);
  const whole = sectionBoxes(boxes, 400);
  expect(whole.map(({ id, height }) => [id, height])).toEqual([
    ["full", 160],
    ["folded", 40],
    ["last", 80],
  ]);
  expect([50, 150, 250, 290, 350, 390].map(of(whole))).toEqual([
    "full",
    "full",
    "folded",
    "folded",
    "last",
    null,
  ]);
});
