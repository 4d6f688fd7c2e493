import { expect, it } from "vitest";
import { systemCharts } from "./groups";

const curve = (key: string) => ({ key, times: [0, 1], values: [1, 2] });

it("puts all devices of a kind into one chart, known quantities first", () => {
  const keys = ["zz.new", "gpu.0.temp", "gpu.1.temp", "disk./.usagePercent", "disk.run.usagePercent", "cpu"];
  const charts = systemCharts(keys.map(curve));
  expect(charts.map(({ id, lines }) => [id, lines.map(({ runId }) => runId)])).toEqual([
    ["cpu", [""]],
    ["gpu.temp", ["GPU 0", "GPU 1"]],
    ["disk.usagePercent", ["Disk of /", "Disk of the run"]],
    ["zz.new", [""]],
  ]);
});

it("shows traffic in megabytes", () => {
  const [chart] = systemCharts([{ key: "network.sent", times: [0], values: [2_500_000] }]);
  expect(chart?.lines[0]?.values).toEqual([2.5]);
});
