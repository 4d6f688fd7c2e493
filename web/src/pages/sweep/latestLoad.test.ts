import { expect, it } from "vitest";
import { latestLoad } from "./latestLoad";

it("names each device with what was measured last", () => {
  const values = {
    "gpu.10.gpu": 97.2,
    "gpu.2.gpu": 12,
    "gpu.2.temp": 70,
    "system.cpu": 41,
    "process.rss": 1,
  };
  expect(latestLoad(values)).toBe("GPU 2: 12 %, GPU 10: 97 %, processor: 41 %");
  expect(latestLoad({})).toBe("");
  expect(latestLoad(undefined)).toBe("");
});
