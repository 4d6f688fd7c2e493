import { expect, it } from "vitest";
import { haveRoom } from "./PlotFrame";

it("has room for the words of an axis as long as neighbours stand clear of each other", () => {
  const ticks = ["adam", "rmsprop", "sgd"].map((text, i) => ({ at: (i + 0.5) / 3, text }));
  expect(haveRoom(ticks, 136)).toBe(true);
  expect(haveRoom(ticks, 100)).toBe(false);
  expect(haveRoom([], 0)).toBe(true);
});
