// @vitest-environment jsdom
import { expect, it } from "vitest";
import { CurveStore } from "./curveStore";

const still = new AbortController().signal;

function storeThatNotes() {
  const asked: [string[], string[], number][] = [];
  const store = new CurveStore(async (runs, keys, points) => {
    asked.push([runs, keys, points]);
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
  await store.load(runs, ["loss"], 64, still);
  expect(asked.map(([ids]) => ids.length)).toEqual([200, 200, 50]);
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
