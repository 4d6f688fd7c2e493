import type uPlot from "uplot";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Colors } from "./colors";
import { drawLines } from "./drawing";
import { drawRungs, rungWords } from "./rungs";

/** A plot of 100 × 100 pixels whose canvas writes down what is drawn: `dashed 10,0 10,100`, `stroke ...`, `text ...`. */
function paper() {
  const drawn: string[] = [];
  const clip: number[] = [];
  let [path, dash]: [string[], number[]] = [[], []];
  const point = (x: number, y: number) => path.push(`${x},${y}`);
  const ctx = {
    ...{ save() {}, restore() {}, clip() {}, closePath() {} },
    rect: (...box: number[]) => clip.push(...box),
    beginPath: () => {
      path = [];
    },
    ...{ moveTo: point, lineTo: point },
    setLineDash: (to: number[]) => {
      dash = to;
    },
    stroke: () => drawn.push([dash.length > 0 ? "dashed" : "stroke", ...path].join(" ")),
    fillText: (text: string) => drawn.push(`text ${text}`),
    measureText: (text: string) => ({ width: 5 * text.length }),
  };
  const scale = { min: 0, max: 100, distr: 1 };
  const plot = {
    ctx,
    bbox: { left: 0, top: 0, width: 100, height: 100 },
    scales: { x: scale, y: scale },
    valToPos: (value: number, axis: string) => (axis === "x" ? value : 100 - value),
  } as unknown as uPlot;
  return { plot, drawn, clip };
}

beforeAll(() => void vi.stubGlobal("devicePixelRatio", 1));
afterAll(() => void vi.unstubAllGlobals());

const COLORS = { of: () => "#000", text: "#000", dim: "#000" } as unknown as Colors;

it("each rung in sight has a dashed line, a bar at what a run must not be worse than, and how many it ended", () => {
  const { plot, drawn } = paper();
  const rung = (step: number | null, threshold: number | null, stopped: number) =>
    ({ step, threshold, stopped }) as never;
  const rungs = [
    rung(10, null, 3),
    rung(15, null, 2),
    rung(30, 40, 2),
    rung(95, null, 0),
    rung(200, 40, 1),
    rung(null, 40, 1),
  ];
  const page = { rule: "hyperband", compares_best: true, rungs };
  drawRungs(plot, page, COLORS);
  expect(rungWords(page)).toBe("6 rungs of hyperband, 9 told to stop");
  expect(rungWords({ ...page, rungs: [rung(30, null, 0)] })).toBe("1 rung of hyperband, nothing stopped");
  // Words never run into the line of the next rung: where they find no room the number does, or nothing.
  expect(drawn).toEqual([
    ...["dashed 10,0 10,100", "dashed 15,0 15,100", "text 2"],
    ...["dashed 30,0 30,100", "stroke 23,60 37,60", "text 2 stopped", "dashed 95,0 95,100"],
  ]);
});

it("a bar stands across the end of the line of a run that was stopped, and of no other", () => {
  const line = {
    ...{ runId: "a", color: "#000", emphasis: "normal" },
    ...{ steps: [0, 50], values: [10, 20] },
  };
  const strokes = [false, true].map((stopped) => {
    const { plot, drawn } = paper();
    drawLines(plot, [{ ...line, stopped } as never], COLORS);
    return drawn;
  });
  expect(strokes[1]?.length).toBe((strokes[0]?.length ?? 0) + 1);
  expect(strokes[1]?.at(-1)).toMatch(/^stroke 50,\d+(\.\d+)? 50,\d+(\.\d+)?$/);
});

it("what lies at the edge of the plot is drawn whole", () => {
  const { plot, clip } = paper();
  drawLines(plot, [], COLORS);
  expect(clip).toEqual([-6, -6, 112, 112]);
});
