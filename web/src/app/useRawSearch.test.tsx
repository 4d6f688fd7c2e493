import { renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { Router, useSearchParams } from "wouter";
import { useRawSearch } from "./useRawSearch";

it.each(["50%25", "a%20b", "100 %", "%", "a+b & c=d", "größe"])(
  "%j is read from the address as it was written",
  (word) => {
    window.history.replaceState(null, "", `/?${new URLSearchParams({ q: word })}`);
    const { result } = renderHook(() => useSearchParams()[0].get("q"), {
      wrapper: ({ children }) => <Router searchHook={useRawSearch}>{children}</Router>,
    });
    expect(result.current).toBe(word);
  },
);
