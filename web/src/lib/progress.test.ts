import { describe, expect, it } from "vitest";
import { elapsedSeconds, idleSeconds, remainingSeconds, sweepProgress } from "./progress";

const progress = sweepProgress({
  runs_by_state: { finished: 5, failed: 1, killed: 2, running: 3, preempting: 1, pending: 4 },
  expected_runs: 20,
  budget: [
    { key: "hours", used: 1.2345, limit: 5 },
    { key: "no_improvement_in", used: 3, limit: 1000 },
  ],
});

it("counts every run once, however it ended", () => {
  expect(progress).toEqual({
    finished: 5,
    stopped: 2,
    failed: 1,
    running: 4,
    pending: 4,
    done: 8,
    total: 16,
    expected: 20,
    limits: ["1.23 of 5 hours", "3 of 1,000 runs without a better one"],
  });
});

it("counts a run that early stopping ended as stopped, whatever its program made of it", () => {
  const { finished, stopped, done } = sweepProgress({
    runs_by_state: { finished: 5, killed: 2 },
    stopped_early: { finished: 3, killed: 1 },
    expected_runs: null,
  });
  expect({ finished, stopped, done }).toEqual({ finished: 2, stopped: 5, done: 7 });
});

describe("elapsed time", () => {
  const runs = [
    { created: 100, ended: 150, heartbeat: 140 },
    { created: 110, ended: null, heartbeat: 170 },
  ];
  it("goes to now while the sweep is going", () => expect(elapsedSeconds(runs, true, 200)).toBe(100));
  it("ends with the last sign of life", () => expect(elapsedSeconds(runs, false, 200)).toBe(70));
  it("is unknown without runs", () => expect(elapsedSeconds([], true, 200)).toBeNull());
});

describe("idle time", () => {
  it("is what lies between two runs that were going", () =>
    expect(
      idleSeconds([
        { created: 900, ended: null },
        { created: 100, ended: 200 },
        { created: 150, ended: 180 },
        { created: 950, ended: 960 },
      ]),
    ).toBe(700));
  it("is none without runs", () => expect(idleSeconds([])).toBe(0));
});

describe("the time to go", () => {
  it("follows the pace so far", () => expect(remainingSeconds(progress, 80, 0)).toBe(120));
  it("leaves out how long the sweep rested", () =>
    expect(remainingSeconds(progress, 40_080, 40_000)).toBe(120));
  it("is not guessed from very few runs", () => {
    expect(remainingSeconds({ ...progress, done: 2 }, 80, 0)).toBeNull();
  });
  it("is unknown while nothing runs", () => {
    expect(remainingSeconds({ ...progress, running: 0 }, 80, 0)).toBeNull();
  });
  it("is unknown for a sweep without an end", () => {
    expect(remainingSeconds({ ...progress, expected: null }, 80, 0)).toBeNull();
  });
});
