import { describe, expect, it } from "vitest";
import { holdsMedia, isHistogram, loggedAt, mediaPlaces, single } from "./mediaValues";

const image = (name: string) => ({ _type: "image-file", path: `media/${name}.png`, format: "png" });

it("finds media at any depth, and nothing else", () => {
  const summary = { loss: 1, b: { inner: image("x"), n: 1 }, a: [image("y")], words: ["a"], none: [] };
  expect(mediaPlaces(summary).map(({ place }) => place)).toEqual([["a"], ["b", "inner"]]);
  expect(holdsMedia(summary.b)).toBe(true);
  expect(holdsMedia({ n: [1] })).toBe(false);
});

describe("what was logged at a place", () => {
  const rows = [
    { _step: 2, a: image("late") },
    { _step: 0, a: image("first") },
    { _step: 0, a: image("again") },
    { _step: 1, a: 3 },
  ];
  it("comes by step, the last of each, media only", () => {
    const found = loggedAt(rows, ["a"]);
    expect(found.map(({ step }) => step)).toEqual([0, 2]);
    expect(found[0]?.value).toEqual(image("again"));
  });
});

it("takes lists of images apart", () => {
  const images = { _type: "images", count: 2, items: [image("a"), image("b")] };
  expect(single(images)).toHaveLength(2);
  expect(single([images, image("c")])).toHaveLength(3);
});

it("knows a histogram by its bins, one more than its counts", () => {
  expect(isHistogram({ _type: "histogram", values: [1], bins: [0, 1] })).toBe(true);
  expect(isHistogram({ _type: "histogram", values: [1], bins: [0] })).toBe(false);
});
