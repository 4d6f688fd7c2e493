import { describe, expect, it } from "vitest";
import { type FetchRuns, mergePage, type PageRequest, RunCollection } from "./runCollection";
import type { Run, RunPage, Sweep } from "./types";

const run = (id: string, version: number) => ({ id, version }) as Run;
const page = (runs: Run[], rest: Partial<RunPage> = {}): RunPage => ({
  runs,
  total: runs.length,
  cursor: null,
  version: 1,
  deleted: [],
  ...rest,
});

describe("a page put into what is known", () => {
  const merged = (known: Run[], ...what: Parameters<typeof page>) => {
    const runs = new Map(known.map((one) => [one.id, one]));
    mergePage(runs, page(...what));
    return [...runs.values()];
  };
  it("adds new runs and replaces changed ones", () =>
    expect(merged([run("a", 1)], [run("a", 2), run("b", 3)])).toEqual([run("a", 2), run("b", 3)]));
  it("never goes back to an older version", () =>
    expect(merged([run("a", 5)], [run("a", 4)])).toEqual([run("a", 5)]));
  it("takes deleted runs out", () =>
    expect(merged([run("a", 1)], [], { deleted: ["a", "unknown"] })).toEqual([]));
});

/** A collection whose pages come in the given order; remembers what it asked for. */
function collectionOf(...answers: (RunPage | Error)[]) {
  const asked: PageRequest[] = [];
  const fetchRuns: FetchRuns = async (request) => {
    asked.push(request);
    const answer = answers.shift();
    if (answer === undefined) throw new Error("asked once too often");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const collection = new RunCollection(fetchRuns);
  return { collection, asked, ids: () => collection.getSnapshot().runs.map(({ id }) => id) };
}

describe("a collection of runs", () => {
  it("loads all pages, then what changed since the first", async () => {
    const { collection, asked, ids } = collectionOf(
      page([run("a", 3)], { cursor: "next", version: 7, total: 2 }),
      page([run("b", 4)], { version: 9, total: 2 }),
      page([run("a", 8)], { version: 10 }),
    );
    collection.subscribe(() => {});
    await expect.poll(() => asked).toHaveLength(3);
    expect(asked.map(({ cursor, since }) => [cursor, since])).toEqual([
      [undefined, undefined],
      ["next", undefined],
      [undefined, 7],
    ]);
    await expect.poll(() => collection.getSnapshot().runs[0]?.version).toBe(8);
    expect(ids()).toEqual(["a", "b"]);
    expect(collection.getSnapshot().complete).toBe(true);
  });

  it("asks only for changes once it is complete", async () => {
    const { collection, asked, ids } = collectionOf(
      page([run("a", 3)], { version: 7 }),
      page([run("b", 8)], { version: 8 }),
      page([], { version: 8, deleted: ["a"] }),
    );
    collection.subscribe(() => {});
    await expect.poll(ids).toEqual(["a"]);
    await Promise.resolve();
    collection.refresh();
    await expect.poll(ids).toEqual(["a", "b"]);
    collection.refresh();
    await expect.poll(ids).toEqual(["b"]);
    expect(asked.map(({ since }) => since)).toEqual([undefined, 7, 8]);
  });

  it("keeps what it has when the server is away, and goes on from there", async () => {
    const { collection, ids } = collectionOf(
      page([run("a", 1)], { cursor: "next", version: 1 }),
      new Error("away"),
      page([run("b", 2)], { version: 2 }),
      page([], { version: 2 }),
    );
    collection.subscribe(() => {});
    await expect.poll(() => collection.getSnapshot().error?.message).toBe("away");
    expect(ids()).toEqual(["a"]);
    collection.refresh();
    await expect.poll(ids).toEqual(["a", "b"]);
    expect(collection.getSnapshot().error).toBeNull();
  });

  it("takes what changed of the sweep, and hands on the ends of curves, with the runs", async () => {
    const sweep = { id: "s", version: 5, config: { method: "grid" } } as unknown as Sweep;
    const end = { run_id: "a", key: "loss", from_row: 0, steps: [0], values: [1] };
    const answers = [
      page([run("a", 1)], { cursor: "next" }),
      page([]),
      page([run("a", 5)], { changed_sweep: sweep, latest: [end] }),
      page([run("a", 6)], { changed_sweep: { ...sweep, config: { method: "grid" }, version: 6 } }),
    ];
    const asked: PageRequest[] = [];
    const taken: unknown[] = [];
    const collection = new RunCollection(
      async (request) => {
        asked.push(request);
        return answers.shift() as RunPage;
      },
      () => ({ keys: () => ["loss"], take: (latest, runs) => taken.push([latest, runs]) }),
    );
    collection.subscribe(() => {});
    await expect.poll(() => collection.getSnapshot().sweep?.version).toBe(5);
    const { config } = collection.getSnapshot().sweep ?? {};
    collection.refresh();
    await expect.poll(() => collection.getSnapshot().sweep?.version).toBe(6);
    expect(collection.getSnapshot().sweep?.config, "what stays the same is the same").toBe(config);
    expect(taken).toEqual([[[end], [run("a", 5)]]]);
    expect(asked.map(({ latest }) => latest)).toEqual([undefined, undefined, ["loss"], ["loss"]]);
  });

  it("shows many runs as often as they have grown tenfold, and at the end", async () => {
    const pages = Array.from({ length: 12 }, (_, i) =>
      page([run(`r${i}`, 1)], { total: 12, cursor: i < 11 ? `${i}` : null }),
    );
    const { collection } = collectionOf(...pages, page([]));
    const shown: number[] = [];
    collection.subscribe(() => shown.push(collection.getSnapshot().runs.length));
    await expect.poll(() => collection.getSnapshot().complete).toBe(true);
    expect(shown).toEqual([1, 10, 12]);
  });

  it("has runs of one instant in the same order, whether they were there or came later", async () => {
    const created = (id: string, time: number) => ({ ...run(id, 1), created: time });
    const { collection, ids } = collectionOf(
      page([created("b", 1), created("d", 2)]),
      page([created("c", 2), created("a", 1)], { version: 2 }),
    );
    collection.subscribe(() => {});
    await expect.poll(ids).toEqual(["b", "d"]);
    collection.refresh();
    await expect.poll(ids).toEqual(["a", "b", "c", "d"]);
  });
});
