import { expect, it } from "vitest";
import { logParams } from "./logParams";

it("finds parameters that belong on a logarithmic axis, in all levels", () => {
  const parameters = {
    lr: { distribution: "log_uniform_values", min: 1e-4, max: 0.1 },
    batch: { values: [16, 32, 64, 128] },
    depth: { values: [1, 2, 3, 4] },
    kind: { values: ["a", "b", "c"] },
    model: { parameters: { decay: { values: [1e-5, 1e-4, 1e-3] }, width: { min: 1, max: 9 } } },
    seed: 4,
  };
  expect([...logParams({ parameters })]).toEqual(["lr", "batch", "model.decay"]);
  expect([...logParams({})]).toEqual([]);
});
