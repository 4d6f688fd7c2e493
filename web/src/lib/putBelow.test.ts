// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import { putBelow } from "./putBelow";

beforeEach(() => {
  vi.spyOn(document.documentElement, "clientWidth", "get").mockReturnValue(390);
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(800);
});

function placed(right: number, bottom: number) {
  const [anchor, panel] = [document.createElement("button"), document.createElement("div")];
  anchor.getBoundingClientRect = () => ({ right, bottom }) as DOMRect;
  putBelow(anchor, panel, 320, 300);
  const { left, top, width, maxHeight } = panel.style;
  return [left, top, width, maxHeight].map((value) => Number.parseFloat(value));
}

it("puts a panel below its button, their right edges in line", () => {
  expect(placed(380, 100)).toEqual([60, 106, 320, 682]);
});

it("keeps it inside the window, and high enough to be read", () => {
  expect(placed(100, 780)).toEqual([12, 488, 320, 300]);
});
