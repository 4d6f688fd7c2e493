import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { hasDraft, useDraft } from "./useDraft";

const NAME = "configuration/a";
const opened = (saved: { text: string; based: number }) => renderHook(() => useDraft(NAME, saved)).result;

beforeEach(() => sessionStorage.clear());

it("what was written is found again, with what it was based on", () => {
  const first = opened({ text: "old", based: 1 });
  act(() => first.current.set({ text: "new", based: 1 }));
  const second = opened({ text: "theirs", based: 2 });
  expect(second.current.value).toEqual({ text: "new", based: 1 });
  expect(second.current.foundAt).not.toBeNull();
});

it("a text that was taken back to what is saved is no draft", () => {
  const draft = opened({ text: "old", based: 1 });
  act(() => draft.current.set({ text: "new", based: 1 }));
  expect(hasDraft(NAME)).toBe(true);
  act(() => draft.current.set({ text: "old", based: 1 }));
  expect(hasDraft(NAME)).toBe(false);
});
