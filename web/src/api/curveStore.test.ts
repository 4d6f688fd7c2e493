// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { curveEnds } from "./curveEnds";
import { joined, type StepRange, stepRange } from "./curveRange";
import { CurveStore, curveStore } from "./curveStore";
import type { Curve } from "./types";

const still = new AbortController().signal;

function storeThatNotes() {
  const asked: [string[], string[], number, StepRange | null][] = [];
  const store = new CurveStore(async (runs, keys, points, range) => {
    asked.push([runs, keys, points, range]);
    const known = runs.filter((run) => run !== "gone");
    return keys.flatMap((key) =>
      known.map((run_id) => ({ run_id, key, steps: [0], values: [asked.length], total: 1 })),
    );
  });
  return { store, asked };
}

it("asks again only for runs that have logged more", async () => {
  const { store, asked } = storeThatNotes();
  await store.load(
    [
      { id: "a", steps: 1 },
      { id: "b", steps: 1 },
    ],
    ["loss"],
    64,
    still,
  );
  await store.load(
    [
      { id: "a", steps: 1 },
      { id: "b", steps: 2 },
    ],
    ["loss"],
    64,
    still,
  );
  await store.load([{ id: "b", steps: 2 }], ["loss"], 32, still);
  expect(asked.map(([runs]) => runs)).toEqual([["a", "b"], ["b"]]);
  expect([store.get("loss", "a")?.values, store.get("loss", "b")?.values]).toEqual([[1], [2]]);
});

it("asks again when more points are wanted, and for other keys", async () => {
  const { store, asked } = storeThatNotes();
  await store.load([{ id: "a", steps: 1 }], ["loss"], 64, still);
  await store.load([{ id: "a", steps: 1 }], ["loss"], 128, still);
  await store.load([{ id: "a", steps: 1 }], ["acc"], 64, still);
  expect(asked).toHaveLength(3);
});

it("takes a run that the server does not know as one without points, once", async () => {
  const { store, asked } = storeThatNotes();
  await store.load([{ id: "gone", steps: 3 }], ["loss"], 64, still);
  await store.load([{ id: "gone", steps: 3 }], ["loss"], 64, still);
  expect([asked.length, store.get("loss", "gone")?.steps]).toEqual([1, []]);
});

it("splits what would not fit into an address", async () => {
  const { store, asked } = storeThatNotes();
  const runs = Array.from({ length: 450 }, (_, i) => ({ id: `r${i}`, steps: 1 }));
  const heard: boolean[] = [];
  store.subscribe(() => heard.push(runs.every(({ id }) => store.get("loss", id) !== undefined)));
  await store.load(runs, ["loss"], 64, still);
  expect(asked.map(([ids]) => ids.length)).toEqual([200, 200, 50]);
  expect(heard).toEqual([true]);
  await store.load(runs, ["loss"], 64, still);
  expect(heard).toEqual([true]);
});

it("tells of what has arrived before the server could no longer be reached", async () => {
  let left = 1;
  const store = new CurveStore(async () => {
    if (left-- > 0) return [];
    throw new Error("gone");
  });
  const runs = Array.from({ length: 450 }, (_, i) => ({ id: `r${i}`, steps: 1 }));
  await expect(store.load(runs, ["loss"], 64, still)).rejects.toThrow("gone");
  expect([store.getVersion(), store.get("loss", "r199")?.total]).toEqual([1, 0]);
});

it("forgets the oldest of many, but none that somebody shows", async () => {
  const { store } = storeThatNotes();
  const many = (name: string) => Array.from({ length: 4_000 }, (_, i) => ({ id: `${name}${i}`, steps: 1 }));
  const [first, second, third] = [many("a"), many("b"), many("c")];
  const known = (runs: readonly { id: string }[]) =>
    runs.filter(({ id }) => store.get("loss", id) !== undefined).length;
  const leave = store.want(first, ["loss"]);
  store.want(second, ["loss"]);
  await store.load(first, ["loss"], 64, still);
  await store.load(second, ["loss"], 64, still);
  expect([known(first), known(second)]).toEqual([4_000, 4_000]);
  leave();
  await store.load(third, ["loss"], 64, still);
  expect([known(first), known(second)]).toEqual([0, 4_000]);
});

describe("a zoomed chart", () => {
  const range: StepRange = [100, 200];
  const runs = [
    { id: "long", steps: 1_000 },
    { id: "short", steps: 3 },
  ];
  const asked: (readonly [string[], StepRange | null])[] = [];
  const store = new CurveStore(async (ids, keys, points, within) => {
    asked.push([ids, within]);
    const key = keys[0] as string;
    const every = (from: number, to: number, by: number, total: number, run_id: string): Curve => {
      const steps = Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by);
      return { run_id, key, steps, values: steps.map((step) => -step), total };
    };
    return ids.map((id) => {
      if (id === "short") return every(0, 2, 1, 3, id);
      return within === null
        ? every(0, 999, 999 / (points - 1), 1_000, id)
        : every(within[0], within[1], 1, within[1] - within[0] + 1, id);
    });
  });

  it("has every point in its range, the others as before, and asks for them once", async () => {
    await store.load(runs, ["loss"], 4, still);
    expect(store.get("loss", "long", range)).toBe(store.get("loss", "long"));
    await store.load(runs, ["loss"], 4, still, range);
    await store.load(runs, ["loss"], 4, still, range);
    const shown = store.get("loss", "long", range);
    expect(shown?.steps).toEqual([0, ...Array.from({ length: 101 }, (_, i) => 100 + i), 333, 666, 999]);
    expect(shown?.values).toEqual(shown?.steps.map((step) => -step));
    expect([shown?.total, shown?.thinned?.(0), shown?.thinned?.(50)]).toEqual([1_000, 899 / 4, 1]);
    expect(store.get("loss", "long", range)).toBe(shown);
    expect(store.get("loss", "long")?.steps).toHaveLength(4);
    expect(asked).toEqual([
      [["long", "short"], null],
      [["long"], range],
    ]);
  });
});

describe("the ends of curves that runs tell", () => {
  const end = (from_row: number, ...steps: number[]) => ({
    run_id: "a",
    key: "loss",
    from_row,
    steps,
    values: steps.map((step) => -step),
  });

  it("make a curve that is known up to there current, so that nothing is asked for", async () => {
    const { store, asked } = storeThatNotes();
    const heard: number[] = [];
    await store.load([{ id: "a", steps: 1 }], ["loss"], 64, still);
    store.follow(() => heard.push(store.get("loss", "a")?.steps.length ?? 0));
    store.take([end(0, 0, 1, 2)], [{ id: "a", steps: 3 }]);
    store.take([end(2, 2, 3)], [{ id: "a", steps: 4 }]);
    await store.load([{ id: "a", steps: 4 }], ["loss"], 64, still);
    expect(store.get("loss", "a")).toMatchObject({ steps: [0, 1, 2, 3], values: [1, -1, -2, -3], total: 4 });
    expect([asked.length, heard]).toEqual([1, [3, 4]]);
  });

  it("show the newest point across a gap, which is asked for", async () => {
    const { store, asked } = storeThatNotes();
    await store.load([{ id: "a", steps: 1 }], ["loss"], 64, still);
    store.take([end(5, 5, 6)], [{ id: "a", steps: 7 }]);
    expect(store.get("loss", "a")?.steps).toEqual([0, 5, 6]);
    await store.load([{ id: "a", steps: 7 }], ["loss"], 64, still);
    expect(asked).toHaveLength(2);
  });

  it("let a curve grow to a quarter more points than were asked for before it is thinned again", async () => {
    const { store, asked } = storeThatNotes();
    await store.load([{ id: "a", steps: 1 }], ["loss"], 4, still);
    store.take([end(0, 0, 1, 2, 3, 4)], [{ id: "a", steps: 5 }]);
    await store.load([{ id: "a", steps: 5 }], ["loss"], 4, still);
    expect(asked).toHaveLength(1);
    store.take([end(0, 4, 5)], [{ id: "a", steps: 6 }]);
    await store.load([{ id: "a", steps: 6 }], ["loss"], 4, still);
    expect(asked).toHaveLength(2);
  });

  it("are asked for of what is drawn", () => {
    const { store } = storeThatNotes();
    const release = store.want([{ id: "a", steps: 1 }], ["loss", "accuracy"]);
    store.want([{ id: "b", steps: 1 }], ["loss"]);
    expect(store.keys()).toEqual(["loss", "accuracy"]);
    release();
    expect(store.keys()).toEqual(["loss"]);
  });
});

it("joins what has no points in the range, or lies beyond what was known, without losing any", () => {
  const curve = (...steps: number[]): Curve => ({ run_id: "a", key: "x", steps, values: steps, total: 9 });
  expect(joined(curve(1, 5), curve()).steps).toEqual([1, 5]);
  expect(joined(curve(1, 5, 9), curve(2, 5, 6)).steps).toEqual([1, 2, 5, 6, 9]);
  expect(joined(curve(1, 5), curve(6, 7)).steps).toEqual([1, 5, 6, 7]);
  expect(joined(curve(6, 7), curve(1, 2)).steps).toEqual([1, 2, 6, 7]);
});

it("asks for the same steps while the window moves a little", () => {
  expect(stepRange(1_003.2, 2_005.9)).toEqual([896, 2_048]);
  expect(stepRange(1_020, 2_022)).toEqual(stepRange(1_003.2, 2_005.9));
  expect(stepRange(3.2, 3.9)).toEqual([3, 4]);
});

it("keeps the curves of the projects that were looked at last, and of no others", () => {
  const path = (project: string) => ({ entity: "me", project });
  const first = curveStore(path("first"));
  for (const other of ["a", "b", "c", "d"]) {
    curveStore(path(other));
    curveStore(path("first"));
  }
  expect(curveEnds(path("first"))).toBe(first);
  expect(["a", "b", "c", "d"].filter((name) => curveEnds(path(name)) !== undefined)).toEqual(["b", "c", "d"]);
});
