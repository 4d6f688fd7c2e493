import { expect, it } from "vitest";
import { arranged, type Change } from "./arranged";
import { AUTOMATIC, type Entry, isSection, type Part, partsOf, readPanels } from "./panels";
import { earlier, foundParts, later, markOf, sectionEarlier, sectionLater } from "./sections";

const section = (id: string): Entry => ({ id, kind: "section", name: `Of ${id}` });
/** Two panels before all sections, two in the first, none in the second, two in the last. */
const GROUPED: readonly Entry[] = [
  ...AUTOMATIC.slice(0, 2),
  section("a"),
  ...AUTOMATIC.slice(2, 4),
  section("b"),
  section("c"),
  ...AUTOMATIC.slice(4),
];
const words = (entries: readonly Entry[]) => entries.map(({ id }) => id).join(" ");
const after = (...changes: Change[]) => words(changes.reduce<readonly Entry[]>(arranged, GROUPED));

it("a section goes with its panels, is called otherwise, and leaves its panels to the one above", () => {
  const all = words(GROUPED);
  expect(all).toBe("scatter parallel a curves importance b c slices contour");
  const moved = "scatter parallel b c slices contour a curves importance";
  expect(after({ do: "move", id: "a", before: null })).toBe(moved);
  expect(after({ do: "move", id: "c", before: "b" })).toBe(
    "scatter parallel a curves importance c slices contour b",
  );
  // Over panels of a section it goes behind them all; nothing stands above the panels that are in none.
  expect(after({ do: "move", id: "a", before: "contour" })).toBe(moved);
  for (const before of ["a", "importance", "b", "scatter"])
    expect(arranged(GROUPED, { do: "move", id: "a", before })).toBe(GROUPED);
  expect(after({ do: "hide", id: "c" })).toBe("scatter parallel a curves importance b slices contour");
  expect(arranged(GROUPED, { do: "rename", id: "b", name: "New" })[5]).toEqual({
    ...section("b"),
    name: "New",
  });
  const none: Change[] = [
    { do: "rename", id: "b", name: "Of b" },
    { do: "rename", id: "curves", name: "New" },
    { do: "resize", id: "b", width: "full" },
  ];
  for (const change of none) expect(arranged(GROUPED, change)).toBe(GROUPED);
});

it("a panel is added at the end of its section, and a section at the end of all", () => {
  const text = (after: string | null): Change => ({ do: "add", id: "text", kind: "text", after });
  expect(after(text(null))).toBe("scatter parallel text a curves importance b c slices contour");
  expect(after(text("a"))).toBe("scatter parallel a curves importance text b c slices contour");
  expect(after(text("b"))).toBe("scatter parallel a curves importance b text c slices contour");
  expect(after({ do: "begin", id: "d", name: "D" }, text("d"))).toBe(`${words(GROUPED)} d text`);
});

it("by one place a panel goes over borders and past what is folded, and a section over sections", () => {
  const parts = partsOf(GROUPED, ["b"]);
  expect(parts.map(({ panels, open }) => [words(panels), open])).toEqual([
    ["scatter parallel", true],
    ["curves importance", true],
    ["", false],
    ["slices contour", true],
  ]);
  expect([earlier(parts, 0, 0), earlier(parts, 0, 1), earlier(parts, 1, 0), earlier(parts, 3, 0)]).toEqual([
    undefined,
    "scatter",
    "a",
    "b",
  ]);
  expect([later(parts, 0, 0), later(parts, 0, 1), later(parts, 1, 1), later(parts, 3, 0)]).toEqual([
    "a",
    "curves",
    "slices",
    null,
  ]);
  expect(later(parts, 3, 1)).toBeUndefined();
  expect(later(partsOf(GROUPED, ["b", "c"]), 1, 1), "only folded ones follow").toBeUndefined();
  expect(later(partsOf(GROUPED, []), 1, 1), "into the one without panels").toBe("c");
  expect([1, 2, 3].map((at) => sectionEarlier(parts, at))).toEqual([undefined, "a", "b"]);
  expect([1, 2, 3].map((at) => sectionLater(parts, at))).toEqual(["c", null, undefined]);
});

it("of what is looked for the sections are open and have nothing else, and those without any stay away", () => {
  const found = foundParts(partsOf(GROUPED, ["a", "c"]), new Set(["parallel", "contour", "gone"]));
  expect(found.map(({ section, panels, open }) => [section?.id, words(panels), open])).toEqual([
    [undefined, "parallel", true],
    ["c", "contour", true],
  ]);
});

it("what is held is marked where it will be seen: before a panel, behind the last one, or on a head", () => {
  const parts = partsOf(GROUPED, ["c"]);
  const mark = (held: string, before: string | null) => {
    const { at, how } = markOf(parts, held, before);
    return `${how} ${at}`;
  };
  expect(mark("scatter", "curves")).toBe("before curves");
  expect(mark("scatter", "b")).toBe("after importance");
  expect(mark("scatter", "c")).toBe("into b");
  expect(mark("scatter", null)).toBe("into c");
  expect(mark("a", "c")).toBe("before c");
  expect(mark("a", null)).toBe("before null");
  expect(markOf(partsOf(GROUPED.slice(2), []), "curves", "a")).toEqual({ at: "a", how: "before" });
});

/** Numbers from 0 to below `most`, the same each time. */
function dice(): (most: number) => number {
  let state = 7;
  return (most) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
}

const entriesOf = (parts: readonly Part[]): Entry[] =>
  parts.flatMap<Entry>(({ section, panels }) => (section === null ? panels : [section, ...panels]));

it("whatever is done with them, every panel stays there once, and all comes back as it was kept", () => {
  const upTo = dice();
  const contents = (entries: readonly Entry[]) =>
    partsOf(entries, [])
      .map(({ panels }) => words(panels))
      .sort();
  let entries = GROUPED;
  for (let step = 0; step < 500; step += 1) {
    const one = entries[upTo(entries.length)] as Entry;
    const change: Change =
      isSection(one) && upTo(3) === 0
        ? { do: "hide", id: one.id }
        : upTo(8) === 0
          ? { do: "begin", id: `section-${step}`, name: `${step}` }
          : { do: "move", id: one.id, before: entries[upTo(entries.length + 1)]?.id ?? null };
    const next = arranged(entries, change);
    if (isSection(one) && change.do === "move") expect(contents(next)).toEqual(contents(entries));
    entries = next;

    const panels = entries.filter((one) => !isSection(one)).map(({ id }) => id);
    expect(panels.sort()).toEqual(AUTOMATIC.map(({ id }) => id).sort());
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(readPanels(JSON.parse(JSON.stringify(entries)))).toEqual(entries);
    expect(entriesOf(partsOf(entries, []))).toEqual(entries);
  }
});

it("one place on and one place back is where a panel was, whatever is folded", () => {
  const upTo = dice();
  const heads = GROUPED.filter(isSection).map(({ id }) => id);
  for (let entries = GROUPED, step = 0; step < 200; step += 1) {
    const moved = entries[upTo(entries.length)] as Entry;
    entries = arranged(entries, { do: "move", id: moved.id, before: entries[upTo(9)]?.id ?? null });
    const folded = heads.filter(() => upTo(2) === 0);
    const parts = partsOf(entries, folded);
    for (const [at, { panels, open }] of parts.entries())
      for (const [i, { id }] of panels.entries()) {
        const before = later(parts, at, i);
        if (!open || before === undefined) continue;
        const there = partsOf(arranged(entries, { do: "move", id, before }), folded);
        const to = there.findIndex(({ panels }) => panels.some((panel) => panel.id === id));
        const place = there[to]?.panels.findIndex((panel) => panel.id === id) as number;
        expect([there[to]?.open, to - at, place]).toEqual(to === at ? [true, 0, i + 1] : [true, to - at, 0]);
        const back: Change = { do: "move", id, before: earlier(there, to, place) as string };
        expect(arranged(entriesOf(there), back)).toEqual(entries);
      }
  }
});
