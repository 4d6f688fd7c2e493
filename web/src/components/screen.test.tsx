import { afterEach, expect, it, vi } from "vitest";
import { cardInAddress, enlarge, leave } from "./screen";

afterEach(() => {
  vi.restoreAllMocks();
  window.history.replaceState(null, "", "/");
});

it("leaves a card at once, goes back once however often it is left, and needs nothing from the browser for the next one", () => {
  const back = vi.spyOn(window.history, "back").mockImplementation(() => {}); // it may come to nothing
  for (const name of ["scatter", "curves"]) {
    enlarge(name);
    expect(cardInAddress()).toBe(name);
    leave();
    leave();
    expect(cardInAddress()).toBeNull();
  }
  expect(back).toHaveBeenCalledTimes(2);
});

it("a card by a link has no entry of its own to go back from", () => {
  const back = vi.spyOn(window.history, "back");
  window.history.replaceState(null, "", "/?q=try&panel=scatter");
  leave();
  expect(window.location.search).toBe("?q=try");
  expect(back).not.toHaveBeenCalled();
});
