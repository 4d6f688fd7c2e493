import { expect, it } from "vitest";
import { haveRoom, shortTitle } from "./PlotFrame";

it("has room for the words of an axis as long as neighbours stand clear of each other", () => {
  const ticks = ["adam", "rmsprop", "sgd"].map((text, i) => ({ at: (i + 0.5) / 3, text }));
  expect(haveRoom(ticks, 136)).toBe(true);
  expect(haveRoom(ticks, 100)).toBe(false);
  expect(haveRoom([], 0)).toBe(true);
});

it("a title that finds no room gives way in its middle, where nested names are alike", () => {
  expect(shortTitle("model.depth", 172)).toBe("model.depth");
  const [one, other] = ["trainer.optimizer.weight_decay", "trainer.optimizer.warmup_steps"].map((name) =>
    shortTitle(name, 136),
  );
  expect(one).toBe("trainer…weight_decay");
  expect(other).toBe("trainer…warmup_steps");
});
