import { expect, it } from "vitest";
import { kindOf, textOf } from "./preview";

it("knows by its name how a file is shown", () => {
  expect(["a/b.PNG", "x.html", "tone.wav", "film.mp4", "train.py", "Makefile"].map(kindOf)).toEqual([
    "image",
    "page",
    "audio",
    "video",
    "other",
    "other",
  ]);
});

it("shows bytes as text only when they are", () => {
  expect(textOf(new TextEncoder().encode("naïve"))).toBe("naïve");
  expect(textOf(new TextEncoder().encode("naï").slice(0, 3))).toBe("na");
  expect(textOf(Uint8Array.of(97, 0, 98))).toBeNull();
  expect(textOf(Uint8Array.of(0xff, 0xfe))).toBeNull();
});
