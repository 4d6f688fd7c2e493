import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { keep, setCommon } from "../view/kept";
import { AUTOMATIC } from "./panels";
import { usePanels } from "./usePanels";

const values = new Map<string, string>();

beforeEach(() => {
  values.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  });
});

it("undoing goes back to what was seen, also where somebody chose the usual panels over everybody's", () => {
  const everybodys = AUTOMATIC.slice(0, 1);
  setCommon("me/arranged", { panels: everybodys });
  keep("me/arranged", "panels", null);
  const { result } = renderHook(() => usePanels("me/arranged"));
  const ids = () => result.current.entries.map(({ id }) => id);
  const usual = AUTOMATIC.map(({ id }) => id);
  expect(ids()).toEqual(usual);
  act(() => result.current.reset?.act());
  expect(ids()).toEqual(usual.slice(0, 1));
  act(() => result.current.undo?.());
  expect(ids()).toEqual(usual);
  act(() => result.current.redo?.());
  expect(ids()).toEqual(usual.slice(0, 1));
  expect(result.current.reset).toBeNull();
});

it("folding a section is no arrangement of one's own", () => {
  const section = { id: "section", kind: "section", name: "Rates" };
  setCommon("me/folded", { panels: [section, ...AUTOMATIC] });
  const { result } = renderHook(() => usePanels("me/folded"));
  act(() => result.current.fold("section", true));
  expect(result.current.folded).toEqual(["section"]);
  expect(result.current.reset).toBeNull();
  expect(result.current.undo).toBeNull();
  act(() => result.current.fold("section", false));
  expect(result.current.folded).toEqual([]);
});
