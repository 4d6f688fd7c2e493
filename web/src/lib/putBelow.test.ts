// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import { putBelow } from "./putBelow";

beforeEach(() => {
  vi.spyOn(document.documentElement, "clientWidth", "get").mockReturnValue(390);
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(800);
});

/** A panel that is 300 px high by itself, and its button, 28 px high, of which the lower right corner is given. */
function placed(right: number, bottom: number, wanted = 320, least?: number) {
  const [anchor, panel] = [document.createElement("button"), document.createElement("div")];
  anchor.getBoundingClientRect = () => ({ left: right - 80, right, top: bottom - 28, bottom }) as DOMRect;
  vi.spyOn(panel, "offsetHeight", "get").mockReturnValue(300);
  putBelow(anchor, panel, wanted, undefined, least);
  const { left, top, bottom: foot, width, minHeight, maxHeight } = panel.style;
  const place = top === "auto" ? { bottom: foot, minHeight } : { top };
  return { left, width, ...place, maxHeight };
}

it("puts a panel below its button, their right edges in line", () => {
  expect(placed(380, 100)).toEqual({ left: "60px", width: "320px", top: "106px", maxHeight: "682px" });
});

it("puts their left edges in line where it has no room at the left", () => {
  expect(placed(100, 100, 240)).toMatchObject({ left: "20px", top: "106px" });
});

it("keeps it inside the window", () => {
  expect(placed(85, 100)).toMatchObject({ left: "12px", width: "320px" });
  expect(placed(300, 100)).toMatchObject({ left: "58px", width: "320px" });
  expect(placed(300, 100, 900)).toMatchObject({ left: "12px", width: "366px" });
});

it("puts it against its button from above where it has no room below", () => {
  const room = { bottom: "calc(100% - 746px)", minHeight: "300px", maxHeight: "734px" };
  expect(placed(300, 780, 240)).toEqual({ left: "60px", width: "240px", ...room });
});

it("leaves it below, lower than it is by itself, where there is more room than above", () => {
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(500);
  expect(placed(300, 230)).toMatchObject({ top: "236px", maxHeight: "252px" });
});

it("lets it lie over its button where neither side has room to read it", () => {
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(340);
  expect(placed(300, 190)).toMatchObject({ top: "128px", maxHeight: "200px" });
  // All of a menu is to be seen.
  expect(placed(300, 190, 224, 300)).toMatchObject({ top: "28px", maxHeight: "300px" });
});
