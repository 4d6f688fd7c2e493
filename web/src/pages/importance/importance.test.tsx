import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Importance, ParameterImportance } from "../../api/types";
import { ImportanceTable } from "./ImportanceTable";
import {
  basis,
  formatCorrelation,
  hasShares,
  shortBasis,
  steadier,
  strength,
  trustIn,
  valuesTold,
} from "./words";

const answer: Importance = {
  metric: "loss",
  metrics: ["loss"],
  goal: "minimize",
  method: "forest",
  parameters: [],
  runs: 43,
  left_out: 4,
  best_runs: null,
  fit: 0.714,
  reason: "",
};

describe("what the numbers rest on", () => {
  it("is told for the forest by what it predicts", () => {
    expect(basis(answer)).toEqual([
      "From 43 runs; 4 more broke or have no value of loss.",
      "The forest predicts 71 % of the variance of runs it has not seen.",
    ]);
    expect(basis({ ...answer, left_out: 0, fit: -0.2 })).toEqual([
      "From 43 runs.",
      "The forest predicts 0 % of the variance of runs it has not seen.",
    ]);
  });
  it("is told for PED-ANOVA by how many runs are the best", () => {
    const { 1: sentence } = basis({ ...answer, method: "ped_anova", best_runs: 5, fit: null });
    expect(sentence).toBe("Asks what tells the 5 with the lowest loss from the others.");
  });
  it("may be leant on more or less", () => {
    expect([0.9, 0.4, 0.1, -1].map(trustIn)).toEqual(["high", "fair", "low", "low"]);
  });
});

describe("a correlation", () => {
  it.each([
    [0.816, "+0.82"],
    [-0.3, "−0.30"],
    [-0.004, "0.00"],
  ])("of %d reads %s", (r, text) => expect(formatCorrelation(r)).toBe(text));
  it("is strong above 0.7", () => {
    expect(strength(0.71)).toBe("strong, rises with it");
    expect(strength(-0.5)).toBe("moderate, falls with it");
    expect(strength(0.05)).toBe("none to speak of");
  });
  it("is told by rank too where that says more", () => {
    expect(steadier(-0.15, -0.52)).toBe(-0.52);
    expect(steadier(0.8, 0.85)).toBeNull();
    expect(steadier(null, null)).toBeNull();
  });
});

const parameter = (changes: Partial<ParameterImportance>): ParameterImportance => ({
  name: "lr",
  importance: 0.75,
  spread: 0.1,
  correlation: -0.6,
  rank_correlation: -0.62,
  values: [],
  runs: 43,
  ...changes,
});

describe("the short form", () => {
  const kind = parameter({
    name: "kind",
    correlation: null,
    values: ["a", "b", "c"].map((value) => ({ value, correlation: 0.1, runs: 3 })),
  });

  it("tells of a category's values where all of them, or a row that says there are more, find room", () => {
    const told = (rows: number) => valuesTold([kind, parameter({}), kind], rows);
    expect(told(5)).toEqual([0, 0, 0]);
    expect(told(6)).toEqual([3, 0, 0]);
    expect(told(9)).toEqual([3, 0, 3]);
    const large = parameter({ values: Array.from({ length: 9 }, () => kind.values).flat() });
    expect([5, 6].map((rows) => valuesTold([large], rows))).toEqual([[0], [4]]);
  });

  it("tells of them when asked to where there is no room", async () => {
    render(<ImportanceTable metric="loss" runs={43} shares doubtful rows={2} parameters={[kind]} />);
    expect(screen.getAllByRole("row")).toHaveLength(2);
    await userEvent.click(screen.getByRole("button", { name: "3 values" }));
    expect(screen.getAllByRole("row")).toHaveLength(2 + 3);
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("the table", () => {
  it("has no column of shares where nothing was found", () => {
    const none = [parameter({ importance: 0, spread: 0 })];
    expect(hasShares({ ...answer, parameters: none })).toBe(false);
    expect(shortBasis({ ...answer, parameters: none, reason: "Nothing stands out." })).toBe(
      "Nothing stands out.",
    );
    const some = { ...answer, parameters: [...none, parameter({})] };
    expect(hasShares(some)).toBe(true);
    expect(shortBasis(some)).toBe("Explains 71 % of the variance.");
    expect(shortBasis({ ...some, reason: "Hardly predicted." })).toBe("The order may be chance.");
    render(<ImportanceTable metric="loss" runs={43} shares={false} doubtful={false} parameters={none} />);
    expect(screen.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual([
      "Parameter",
      "Correlation",
    ]);
    expect(screen.getByRole("row", { name: /lr/ })).toHaveTextContent("lr−0.60");
  });

  it("says share and correlation in numbers, and in how many runs a conditional parameter exists", () => {
    render(
      <ImportanceTable
        metric="loss"
        runs={43}
        shares
        doubtful={false}
        parameters={[parameter({}), parameter({ name: "momentum", importance: 0.25, runs: 12 })]}
      />,
    );
    const [, first, second] = screen.getAllByRole("row");
    expect(first).toHaveTextContent("lr75 %−0.60");
    expect(second).toHaveTextContent("momentumin 12 runs25 %−0.60");
  });

  it("has a row for each value of a category, the rest when asked for", async () => {
    const values = ["a", "b", "c", "d", "e", null].map((value, i) => ({
      value,
      correlation: 0.1 * i,
      runs: 3,
    }));
    const category = parameter({ name: "kind", correlation: null, rank_correlation: null, values });
    render(<ImportanceTable metric="loss" runs={43} shares doubtful={false} parameters={[category]} />);
    expect(screen.getAllByRole("row")).toHaveLength(1 + 1 + 4 + 1);
    await userEvent.click(screen.getByRole("button", { name: "2 more values of kind" }));
    const rows = screen.getAllByRole("row");
    expect(rows).toHaveLength(1 + 1 + 6);
    expect(within(rows.at(-1) as HTMLElement).getByRole("rowheader")).toHaveTextContent("= null");
  });
});
