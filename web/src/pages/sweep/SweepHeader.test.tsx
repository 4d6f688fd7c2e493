import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Sweep } from "../../api/types";
import { MayWriteProvider } from "../../view/MayWrite";
import { runOf } from "../../view/testRuns";
import { SweepHeader } from "./SweepHeader";

const SWEEP = {
  id: "s",
  entity: "me",
  project: "p",
  name: "s",
  state: "RUNNING",
  state_reason: "its first run has begun",
  runs_by_state: { finished: 5_000, running: 1 },
  expected_runs: 10_000,
  run_count: 5_001,
  compute_seconds: 0,
  agent_count: 1,
  created: 0,
  creator: "me",
  method: "random",
  description: null,
  best: null,
  metric: { name: "loss", goal: "minimize" },
  budget: [],
} as unknown as Sweep;

it("says nothing that follows from all runs before all of them are here", () => {
  const header = (complete: boolean) => (
    <MayWriteProvider value={false}>
      <SweepHeader sweep={SWEEP} runs={[runOf("r", { created: 1, ended: 2 })]} complete={complete} />
    </MayWriteProvider>
  );
  const { rerender } = render(header(false));
  const fact = (name: string) => screen.getByText(name).nextElementSibling;
  expect(fact("Elapsed")).toHaveTextContent("–");
  expect(fact("To go")).toHaveTextContent("–");
  expect(screen.queryByText(/the search learns nothing/)).toBeNull();
  rerender(header(true));
  expect(fact("Elapsed")).not.toHaveTextContent("–");
  expect(fact("To go")).toHaveTextContent("about");
  expect(screen.getByText(/the search learns nothing/)).toBeVisible();
});
