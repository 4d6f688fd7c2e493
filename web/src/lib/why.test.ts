import { describe, expect, it } from "vitest";
import {
  doubt,
  furtherFacts,
  nearestRun,
  stopSentence,
  type Why,
  whatCame,
  whySentence,
  whyWord,
} from "./why";

const improving: Why = {
  method: "bayes",
  kind: "improving",
  reason: "highest expected improvement",
  predicted: 0.1182,
  std: 0.0213,
  incumbent: 0.1311,
  nearest: { id: "r7", value: 0.14, distance: 0.083 },
  observations: 31,
  probability_of_success: 0.724,
  lengthscales: { lr: 0.2 },
};

describe("the word for how a run was chosen", () => {
  it.each([
    [improving, "improving"],
    [{ kind: "initial_design" }, "initial design"],
    [{ kind: "start_with" }, "start_with"],
    [{ kind: "repeat", repeat: 2, times: 3 }, "repeat 2 of 3"],
    [{ kind: "exploring", repeat: 1, times: 3 }, "exploring"],
    [{ method: "grid", point: 3, of: 9 }, "grid"],
    [null, null],
    [{}, null],
  ])("%o is %s", (why, word) => expect(whyWord(why)).toBe(word));
});

describe("why a point was chosen", () => {
  it("says what was expected, and what there was to beat", () => {
    expect(whySentence(improving, "val/loss")).toBe(
      "The search expected it to do well: val/loss of 0.1182 ± 0.021; the best place it knew stood at 0.1311.",
    );
    expect(whySentence({ ...improving, kind: "exploring" }, null)).toBe(
      "The search knew little of this region: a value of 0.1182 ± 0.021 was expected there, so it might beat the best place it knew, at 0.1311.",
    );
  });
  it("counts a grid's points from 1", () => {
    expect(whySentence({ method: "grid", kind: "grid", point: 0, of: 1200 }, "loss")).toBe(
      "Point 1 of 1,200 of the grid.",
    );
  });
  it("takes the server's own words where it has them", () => {
    const again = { kind: "repeat", repeat: 2, times: 3 };
    expect(whySentence({ ...again, reason: "repeat 2 of 3, which has the best mean so far" }, null)).toBe(
      "Repeat 2 of 3, which has the best mean so far.",
    );
    expect(whySentence(again, null)).toBe("Repeat 2 of 3 of a configuration.");
    expect(whySentence({ kind: "controller", reason: "the function chose it" }, null)).toBe(
      "The function chose it.",
    );
    expect(whySentence({ kind: "start_with" }, null)).toBe(
      "Listed in start_with, to be tried before anything else.",
    );
    expect(whySentence({ method: "oracle" }, null)).toBe("Chosen by oracle.");
  });
});

describe("what came of a prediction", () => {
  it.each([
    [0.13, "minimize", "It came to 0.13, as expected."],
    [0.05, "minimize", "It came to 0.05, better than expected."],
    [0.05, "maximize", "It came to 0.05, worse than expected."],
  ] as const)("%d where one would %s", (got, goal, words) =>
    expect(whatCame(improving, got, goal)).toBe(words),
  );
  it("is not told before there is a value, or without a prediction", () => {
    expect(whatCame(improving, null, "minimize")).toBeNull();
    expect(whatCame({ kind: "random" }, 1, "minimize")).toBeNull();
  });
});

it("doubts only where there is reason to", () => {
  expect(doubt(improving)).toBe("The search gave it a chance of 72 % not to fail.");
  expect(doubt({ ...improving, probability_of_success: 0.99 })).toBeNull();
});

it("keeps every fact that its sentences leave out, and survives records of other makers", () => {
  expect(furtherFacts(improving)).toEqual({
    method: "bayes",
    observations: 31,
    "probability of success": 0.724,
    lengthscales: { lr: 0.2 },
  });
  expect(nearestRun(improving)).toEqual({ id: "r7", value: 0.14, distance: 0.083 });
  expect(nearestRun({ nearest: null })).toBeNull();
  expect(nearestRun({ nearest: "r7" })).toBeNull();
  expect(whySentence({ kind: "improving", predicted: "NaN" }, null)).toBe("Chosen by the sweep.");
});

describe("why early stopping ended a run", () => {
  const stopped = { rule: "hyperband", rung: 9, value: 0.41, threshold: 0.33, rank: 3, of: 9 };
  it("names the value, the rung, the threshold and its rank", () => {
    expect(stopSentence(stopped, true)).toBe(
      "Early stopping by hyperband ended it at its 9th value: 0.41 is worse than 0.33, the 3rd best of the 9 runs that had come so far.",
    );
    expect(stopSentence(stopped, false)).toContain(
      "Early stopping by hyperband told it to stop at its 9th value",
    );
    expect(stopSentence({ ...stopped, rule: "median" }, true)).toContain("0.33, the median of the 9 runs");
    expect(stopSentence({ ...stopped, rank: 1, of: null }, true)).toContain("0.33, the best.");
  });
  it("says less where less is known", () => {
    expect(
      stopSentence({ rule: "mine", rung: 1, value: 2, threshold: null, rank: null, of: null }, true),
    ).toBe("Early stopping by mine ended it at its 1st value: 2 was not good enough.");
  });
});
