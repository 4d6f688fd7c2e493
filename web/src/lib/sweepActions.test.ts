import { describe, expect, it } from "vitest";
import { consequence, possibleActions } from "./sweepActions";

describe("the controls of a sweep", () => {
  it.each([
    ["PENDING", ["pause", "stop", "cancel"]],
    ["RUNNING", ["pause", "stop", "cancel"]],
    ["PAUSED", ["resume", "stop", "cancel"]],
    ["FINISHED", ["resume"]],
    ["CANCELED", ["resume"]],
  ] as const)("of a %s one are %s", (state, actions) => expect(possibleActions(state)).toEqual(actions));

  it("say how many runs a cancel kills", () => {
    expect(consequence("cancel", 2)).toContain("2 running runs are killed");
    expect(consequence("cancel", 0)).not.toContain("killed");
  });

  it("say what keeps a resumed sweep from new runs", () => {
    expect(consequence("resume", 0)).toContain("New runs start again");
    expect(consequence("resume", 0, ["run_cap 20"])).toContain("It has reached run_cap 20: raise that");
  });
});
