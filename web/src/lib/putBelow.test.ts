// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import { putBelow } from "./putBelow";

beforeEach(() => {
  vi.spyOn(document.documentElement, "clientWidth", "get").mockReturnValue(390);
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(800);
});

function placed(right: number, bottom: number, wanted = 320, least = 300) {
  const [anchor, panel] = [document.createElement("button"), document.createElement("div")];
  anchor.getBoundingClientRect = () => ({ left: right - 80, right, top: bottom - 28, bottom }) as DOMRect;
  putBelow(anchor, panel, wanted, least);
  const { left, top, bottom: foot, width, maxHeight } = panel.style;
  return [left, top, foot, width, maxHeight];
}

it("puts a panel below its button, their right edges in line", () => {
  expect(placed(380, 100)).toEqual(["60px", "106px", "", "320px", "682px"]);
});

it("puts their left edges in line where it has no room at the left", () => {
  expect(placed(100, 100, 240)).toEqual(["20px", "106px", "", "240px", "682px"]);
});

it("puts it above where there is room for it and none below", () => {
  expect(placed(380, 780)).toEqual(["60px", "", "54px", "320px", "734px"]);
});

it("keeps it inside the window, and high enough to be read", () => {
  expect(placed(85, 780, 320, 760)).toEqual(["12px", "28px", "", "320px", "760px"]);
  expect(placed(300, 780, 320, 760)).toEqual(["58px", "28px", "", "320px", "760px"]);
});
