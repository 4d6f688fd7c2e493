import { describe, expect, it } from "vitest";
import { boxesOf, classColor, colorMask, masksOf } from "./overlays";

const set = (box: unknown) => ({ predictions: { box_data: [box], class_labels: { 2: "car" } } });

describe("a box", () => {
  it("is placed by parts of the image, and named by its class", () => {
    const position = { minX: 0.25, maxX: 0.5, minY: 0, maxY: 1 };
    expect(boxesOf(set({ position, class_id: 2 }), undefined, undefined)).toMatchObject([
      { left: 0.25, top: 0, width: 0.25, height: 1, words: "car" },
    ]);
  });
  it("is placed by pixels where it says so, from its middle too", () => {
    const position = { middle: [50, 10], width: 20, height: 20 };
    const boxes = boxesOf(set({ position, domain: "pixel", box_caption: "mini" }), 100, 20);
    expect(boxes).toMatchObject([{ left: 0.4, top: 0, width: 0.2, height: 1, words: "mini" }]);
  });
  it("that makes no sense is passed over", () => {
    expect(boxesOf(set({ position: { minX: "a" } }), 1, 1)).toEqual([]);
    expect(boxesOf("none", 1, 1)).toEqual([]);
  });
});

it("finds the files of masks", () => {
  expect(masksOf({ truth: { _type: "mask", path: "a.png" }, broken: 1 })).toEqual([
    { name: "truth", path: "a.png" },
  ]);
});

it("colours each class of a mask and lets the image through where there is none", () => {
  const pixels = Uint8ClampedArray.of(0, 0, 0, 255, 3, 3, 3, 255);
  colorMask(pixels);
  expect(pixels[3]).toBe(0);
  expect([...pixels.slice(4, 7)]).toEqual(classColor(3));
});
