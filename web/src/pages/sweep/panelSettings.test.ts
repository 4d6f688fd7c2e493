import { expect, it } from "vitest";
import type { Panel } from "../../panels/panels";
import { fieldsOf } from "../../view/fields";
import { allKept, keep } from "../../view/kept";
import { runOf } from "../../view/testRuns";
import { hasSomethingToShow, panelsShown, preparePanel } from "./panelSettings";

const METRIC = { name: "loss", goal: "minimize" } as const;
const panel = (id: string, kind: Panel["kind"]): Panel => ({ id, kind, width: null, height: null });

it("a double begins with the settings of the panel that it is made from, a new one with none or a key", () => {
  keep("me/p", "scatter", { labels: true });
  keep("me/p", "slices.log", true);
  keep("me/p", "scatter-20", "of another");
  preparePanel("me/p", "scatter-2", panel("scatter", "scatter"), "loss");
  preparePanel("me/p", "slices-2", panel("slices", "slices"), "loss");
  preparePanel("me/p", "curves-2", panel("curves", "curves"), "loss");
  expect(allKept("me/p")).toMatchObject({
    "scatter-2": { labels: true },
    "slices-2.log": true,
    "curves-2": "loss",
    "scatter-20": "of another",
  });
  preparePanel("me/p", "scatter-3", null, "loss");
  expect(allKept("me/p")["scatter-3"]).toBeUndefined();
  preparePanel("me/p", "curves-3", null, "loss", "val/accuracy");
  expect(allKept("me/p")["curves-3"]).toBe("val/accuracy");
});

it("a double of curves is drawn as they are, and a new panel as all charts are", () => {
  const own = () => (allKept("me/q").curves as { own: object }).own;
  keep("me/q", "curves", { all: { logY: true }, own: { loss: { logX: true } } });
  preparePanel("me/q", "curves-2", panel("curves", "curves"), "loss");
  preparePanel("me/q", "curves-3", panel("curves-2", "curves"), "loss");
  expect(own()).toEqual({ loss: { logX: true }, "curves-2": { logX: true }, "curves-3": { logX: true } });
  preparePanel("me/q", "curves-4", null, "loss");
  expect(own()).not.toHaveProperty("curves-4");
  expect(allKept("me/q")["curves-3"]).toBe("loss");
});

it("panels that stand there by themselves want a metric and parameters to show it by", () => {
  const runs = [runOf("a", { params: { lr: 1, kind: "x" }, config: { lr: 1, kind: "x" } })];
  const shown = (...of: Parameters<typeof fieldsOf>) =>
    (["scatter", "curves", "slices", "contour"] as const).filter((kind) =>
      hasSomethingToShow(kind, fieldsOf(...of)),
    );
  expect(shown(runs, null, ["lr"])).toEqual(["scatter"]);
  expect(shown(runs, METRIC, [])).toEqual(["scatter", "curves"]);
  expect(shown(runs, METRIC, ["lr", "kind"])).toEqual(["scatter", "curves", "slices"]);
  expect(shown(runs, METRIC, ["lr", "depth"])).toEqual(["scatter", "curves", "slices", "contour"]);
  const panels = [panel("curves", "curves"), panel("curves-2", "curves"), panel("text", "text")];
  expect(panelsShown(panels, fieldsOf(runs, null, ["lr"])).map(({ id }) => id)).toEqual(["curves-2", "text"]);
});
