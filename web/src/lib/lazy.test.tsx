import { beforeEach, expect, it, vi } from "vitest";
import { loadedAgain } from "./lazy";

beforeEach(() => sessionStorage.clear());

it("loads the page anew once the server is back, but not again and again where that brings nothing", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  let [time, there] = [1_000_000, false];
  const reload = vi.fn();
  const around = { isServerThere: async () => there, reload, now: () => time };
  void loadedAgain(new Error("gone"), around);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reload).not.toHaveBeenCalled();
  there = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reload).toHaveBeenCalledOnce();
  time += 5_000;
  await expect(loadedAgain(new Error("still gone"), around)).rejects.toThrow("still gone");
  time += 60_000;
  void loadedAgain(new Error("gone once more"), around);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reload).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
