import { expect, it } from "vitest";
import { formatTime } from "./format";
import { iso, localIso } from "./iso";

it("writes a time as machines read it", () => {
  expect(iso(0)).toBe("1970-01-01T00:00:00.000Z");
  expect(localIso(new Date(2026, 10, 22, 9, 5, 7).getTime() / 1000, 19)).toBe("2026-11-22T09:05:07");
});

it("has no date for a number that programs may tell and no calendar has", () => {
  for (const time of [1e300, -1e300, 1e12, Number.NaN]) {
    expect(iso(time)).toBeUndefined();
    expect(localIso(time, 16)).toBe("");
    expect(formatTime(time)).not.toContain("Invalid");
  }
});
