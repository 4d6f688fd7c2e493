/** Which system metrics share a chart, and what it is called. */
import type { SystemCurve } from "../../../api/types";
import type { Line } from "../../../charts/curves";
import { seriesColor } from "../../../view/runColors";

const TITLES: Record<string, string> = {
  cpu: "Processor, this process (% of all cores)",
  "system.cpu": "Processor, whole machine (%)",
  "proc.cpu": "Processor, this process (% of one core)",
  "proc.cpu.threads": "Threads of this process",
  memory_percent: "Memory, whole machine (%)",
  "proc.memory.rssMB": "Memory, this process (MB)",
  "proc.memory.percent": "Memory, this process (%)",
  "proc.memory.availableMB": "Memory available (MB)",
  "load.1m": "Load, mean of a minute",
  "disk.in": "Read from disk (MB)",
  "disk.out": "Written to disk (MB)",
  "network.recv": "Received from the network (MB)",
  "network.sent": "Sent to the network (MB)",
  "gpu.gpu": "GPU use (%)",
  "gpu.memory": "GPU memory traffic (% of the time)",
  "gpu.memoryAllocatedMB": "GPU memory in use (MB)",
  "gpu.memoryTotalMB": "GPU memory (MB)",
  "gpu.temp": "GPU temperature (°C)",
  "gpu.powerWatts": "GPU power (W)",
  "gpu.enforcedPowerLimitWatts": "GPU power limit (W)",
  "disk.usagePercent": "Disk in use (%)",
  "disk.usageGB": "Disk in use (GB)",
};
const ORDER = Object.keys(TITLES);

/** Counted in bytes, shown in megabytes. */
const BYTES = ["network.recv", "network.sent"];

export interface SystemChart {
  id: string;
  title: string;
  /** A line for each device; their runId is its name. */
  lines: Line[];
}

/** One chart for each quantity, with a line for each GPU or disk; known ones first. */
export function systemCharts(curves: readonly SystemCurve[]): SystemChart[] {
  const charts = new Map<string, SystemChart>();
  for (const { key, times, values } of curves) {
    const [id, device] = quantityOf(key);
    const chart = charts.get(id) ?? { id, title: TITLES[id] ?? id, lines: [] };
    const shown = BYTES.includes(id) ? values.map((bytes) => bytes / 1e6) : values;
    const color = seriesColor(chart.lines.length);
    chart.lines.push({ runId: device, emphasis: "normal", color, steps: times, values: shown });
    charts.set(id, chart);
  }
  const rank = ({ id }: SystemChart) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return [...charts.values()].sort((a, b) => rank(a) - rank(b));
}

/** `gpu.1.temp` → ["gpu.temp", "GPU 1"]. */
function quantityOf(key: string): [quantity: string, device: string] {
  const gpu = /^gpu\.(?:process\.)?(\d+)\.(.+)$/.exec(key);
  if (gpu !== null) return [`gpu.${gpu[2]}`, `GPU ${gpu[1]}`];
  const disk = /^disk\.(.+)\.(usagePercent|usageGB)$/.exec(key);
  if (disk !== null) return [`disk.${disk[2]}`, `Disk of ${disk[1] === "run" ? "the run" : disk[1]}`];
  return [key, ""];
}
