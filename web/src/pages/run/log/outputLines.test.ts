import { expect, it } from "vitest";
import { askFrom, STILL_CHANGING, withPage } from "./outputLines";

const line = (number: number, text = `${number}`) => ({ number, text, time: 0 });

it("replaces lines that were printed anew and adds those behind them", () => {
  const lines = [line(0), line(1), line(2, "10 %")];
  const page = [line(2, "100 %"), line(3)];
  expect(withPage(lines, 2, page).map(({ text }) => text)).toEqual(["0", "1", "100 %", "3"]);
});

it("drops lines that the server no longer has, as a run that prints for ever does not keep its middle", () => {
  expect(withPage([line(0), line(5), line(6)], 5, [line(6)]).map(({ number }) => number)).toEqual([0, 6]);
});

it("asks again for the lines that may still change", () => {
  expect(askFrom([])).toBe(0);
  expect(askFrom([line(10)])).toBe(0);
  expect(askFrom([line(1000)])).toBe(1001 - STILL_CHANGING);
});
