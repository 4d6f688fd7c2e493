import { expect, it } from "vitest";
import { latestLoad } from "./latestLoad";

it("says what was measured last of each device, whichever run measured it", () => {
  const curves = [
    { key: "gpu.1.gpu", times: [1, 2], values: [50, 97.2] },
    { key: "gpu.0.gpu", times: [1], values: [3] },
    { key: "gpu.0.gpu", times: [5], values: [12] },
    { key: "gpu.0.temp", times: [9], values: [70] },
    { key: "system.cpu", times: [3], values: [41] },
    { key: "system.cpu", times: [], values: [] },
  ];
  expect(latestLoad(curves)).toBe("GPU 0 12 %, GPU 1 97 %, processor 41 %");
  expect(latestLoad([])).toBe("");
});
