// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import { putBelow } from "./putBelow";

beforeEach(() => {
  vi.spyOn(document.documentElement, "clientWidth", "get").mockReturnValue(390);
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(800);
});

function placed(right: number, bottom: number, wanted = 320) {
  const [anchor, panel] = [document.createElement("button"), document.createElement("div")];
  anchor.getBoundingClientRect = () => ({ left: right - 80, right, bottom }) as DOMRect;
  putBelow(anchor, panel, wanted, 300);
  const { left, top, width, maxHeight } = panel.style;
  return [left, top, width, maxHeight].map((value) => Number.parseFloat(value));
}

it("puts a panel below its button, their right edges in line", () => {
  expect(placed(380, 100)).toEqual([60, 106, 320, 682]);
});

it("puts their left edges in line where it has no room at the left", () => {
  expect(placed(100, 100, 240)).toEqual([20, 106, 240, 682]);
});

it("keeps it inside the window, and high enough to be read", () => {
  expect(placed(85, 780)).toEqual([12, 488, 320, 300]);
  expect(placed(300, 780)).toEqual([58, 488, 320, 300]);
});
