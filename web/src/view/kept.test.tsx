import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { allKept, dropOwn, keep, keepOnly, setCommon, useKept } from "./kept";

/** The part of the browser's storage that is used. */
class Storage {
  private readonly values = new Map<string, string>();
  get length() {
    return this.values.size;
  }
  key = (i: number) => [...this.values.keys()][i] ?? null;
  getItem = (key: string) => this.values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.values.set(key, value);
  removeItem = (key: string) => void this.values.delete(key);
}

beforeEach(() => vi.stubGlobal("localStorage", new Storage()));

it("a choice comes back for its place alone, and everyone who shows it hears of a change", () => {
  const one = renderHook(() => useKept("me/p", "columns", 1));
  const same = renderHook(() => useKept("me/p", "columns", 1));
  const other = renderHook(() => useKept("me/q", "columns", 1));
  act(() => one.result.current[1](7));
  expect([one, same, other].map(({ result }) => result.current[0])).toEqual([7, 7, 1]);
  expect(renderHook(() => useKept("me/p", "columns", 1)).result.current[0]).toBe(7);
});

it("all choices of a place are taken and put back as a whole", () => {
  keep("me/p", "columns", { shown: { lr: true } });
  keep("me/p", "all metrics", true);
  keep("me/pp", "columns", 2);
  const taken = allKept("me/p");
  expect(taken).toEqual({ columns: { shown: { lr: true } }, "all metrics": true });
  keep("me/p", "columns", 3);
  keep("me/p", "later", 4);
  keepOnly("me/p", taken);
  expect(allKept("me/p")).toEqual(taken);
  expect(allKept("me/pp")).toEqual({ columns: 2 });
});

it("what somebody else wrote into the storage is no choice", () => {
  localStorage.setItem("besom.kept/me/p/columns", "{broken");
  expect(renderHook(() => useKept("me/p", "columns", 1)).result.current[0]).toBe(1);
});

it("what has another shape than it must have is replaced, in objects field by field", () => {
  const usual = { order: ["a"], side: { log: false, low: null }, name: "x" };
  const shown = (value: unknown) => {
    keep("me/p", "settings", value);
    return renderHook(() => useKept<object>("me/p", "settings", usual)).result.current[0];
  };
  for (const wrong of [7, "x", null, [], true]) expect(shown(wrong)).toBe(usual);
  expect(shown({ order: "b", side: { log: true, low: 3 }, other: 1 })).toEqual({
    order: ["a"],
    side: { log: true, low: 3 },
    name: "x",
    other: 1,
  });
  expect(shown({ order: [1], side: null, name: "y" })).toEqual({ ...usual, name: "y" });
  keep("me/p", "hidden", { a: 1 });
  const none: string[] = [];
  expect(renderHook(() => useKept("me/p", "hidden", none)).result.current[0]).toBe(none);
});

it("a fitted value keeps its identity while nothing changes", () => {
  const usual = { order: [] };
  keep("me/p", "columns", { order: ["a"] });
  const { result, rerender } = renderHook(() => useKept("me/p", "columns", usual));
  const [first] = result.current;
  rerender();
  expect(result.current[0]).toBe(first);
});

it("what is arranged for everybody holds until somebody chooses otherwise, and again when that is dropped", () => {
  const shown = renderHook(() => useKept("me/shared", "columns", 1));
  act(() => setCommon("me/shared", { columns: 5, panels: ["a"] }));
  expect(shown.result.current[0]).toBe(5);
  act(() => shown.result.current[1](7));
  expect(shown.result.current[0]).toBe(7);
  expect(allKept("me/shared")).toEqual({ columns: 7, panels: ["a"] });
  act(() => keepOnly("me/shared", { columns: 8 })); // a view that was saved without panels
  expect(allKept("me/shared")).toEqual({ columns: 8, panels: null });
  act(() => dropOwn("me/shared"));
  expect(allKept("me/shared")).toEqual({ columns: 5, panels: ["a"] });
});

it("a full storage keeps nothing new, but the page goes by what was chosen last", () => {
  const { result } = renderHook(() => useKept("me/full", "columns", 1));
  act(() => result.current[1](2));
  vi.spyOn(localStorage, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  act(() => result.current[1](3));
  act(() => keep("me/full", "panels", ["a"]));
  expect(result.current[0]).toBe(3);
  expect(allKept("me/full")).toEqual({ columns: 3, panels: ["a"] });
  act(() => dropOwn("me/full"));
  expect(result.current[0]).toBe(1);
  expect(allKept("me/full")).toEqual({});
});
