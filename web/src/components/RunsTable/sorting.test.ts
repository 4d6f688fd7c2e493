import { describe, expect, it } from "vitest";
import { formatSorting, parseSorting } from "./sorting";

describe("the order of the runs", () => {
  it("begins with the best run", () => {
    expect(parseSorting(null, "minimize")).toEqual([{ id: "metric", desc: false }]);
    expect(parseSorting(null, "maximize")).toEqual([{ id: "metric", desc: true }]);
  });
  it("begins with the newest where there is no metric", () => {
    expect(parseSorting(null, null)).toEqual([{ id: "created", desc: true }]);
  });
  it.each(["-param:lr", "+created", "none"])("%s survives the address", (text) => {
    expect(formatSorting(parseSorting(text, null))).toBe(text);
  });
});
