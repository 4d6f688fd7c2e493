import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { curvesOf } from "../../api/curveEnds";
import { CurveStore } from "../../api/curveStore";
import type { Field } from "../../view/fields";
import { type RunView, RunViewContext } from "../../view/RunView";
import { runOf } from "../../view/testRuns";
import { DEFAULTS } from "../curveSettings";
import { metricAlone } from "../expression";
import { useLines } from "./useLines";

const path = { entity: "me", project: "lines" };
const [chosen, failed, brushedOut] = ["chosen", "failed", "brushed out"].map((id, i) =>
  runOf(id, { steps: 2, config: { optimizer: "sgd" }, best: i }),
) as [ReturnType<typeof runOf>, ReturnType<typeof runOf>, ReturnType<typeof runOf>];
const VALUES: Record<string, number> = { chosen: 1, failed: 3, "brushed out": 80 };
const runs = [
  { run: chosen, emphasis: "normal" as const },
  { run: failed, emphasis: "dim" as const },
  { run: brushedOut, emphasis: "dim" as const, brushedOut: true },
];
const optimizer: Field = {
  id: "config:optimizer",
  label: "optimizer",
  part: "Configuration",
  kind: "category",
  read: ({ config }) => config.optimizer,
  key: null,
};
const view = { colors: { of: () => "var(--series-1)" } } as unknown as RunView;
const value = metricAlone("loss");

async function linesBy(group: Field | undefined) {
  const fetched = async (ids: string[]) =>
    ids.map((id) => ({ run_id: id, key: "loss", steps: [0, 1], values: [VALUES[id], VALUES[id]], total: 2 }));
  const store = curvesOf(path, () => new CurveStore(fetched as never));
  await store.load([chosen, failed, brushedOut], ["loss"], 2, new AbortController().signal);
  const { result } = renderHook(() => useLines({ path, runs, value, settings: DEFAULTS, says: [], group }), {
    wrapper: ({ children }: { children: ReactNode }) => (
      <RunViewContext value={view}>{children}</RunViewContext>
    ),
  });
  return result.current;
}

test("a run that is brushed out is there in grey by itself, and in no group", async () => {
  const alone = await linesBy(undefined);
  expect(alone.lines.map(({ runId }) => runId)).toEqual(["chosen", "failed", "brushed out"]);
  const { lines, total, drawn } = await linesBy(optimizer);
  expect(lines.map(({ members, values, high }) => [members, values, high])).toEqual([[2, [2, 2], [3, 3]]]);
  expect([total, drawn.length]).toEqual([2, 2]);
});
