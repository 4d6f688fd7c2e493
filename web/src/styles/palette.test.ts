/** The series colours, and the states that most runs have, are told apart by every eye, and from what is behind them, in light and in dark. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/**
 * Complete dichromacy on linear RGB, of G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, A Physiologically-based Model
 * for Simulation of Color Vision Deficiency, IEEE TVCG 15(6), 2009, severity 1.0.
 */
const EYES: Record<string, Matrix> = {
  "all cones": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Oklab (B. Ottosson, 2020): distances in it are about as large as they look; 0.02 can just be seen. */
const TO_CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const JUST_SEEN = 0.02;
const LEAST_DISTANCE = 0.07;
/** WCAG 2.2, 1.4.11: of what is no text. */
const LEAST_CONTRAST = 3;
/** 1.4.3. */
const LEAST_CONTRAST_OF_TEXT = 4.5;

const times = (matrix: Matrix, [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;
const each = (of: Triple, change: (one: number) => number): Triple => of.map(change) as unknown as Triple;

const linear = (hex: string): Triple =>
  each([1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Triple, (one) =>
    one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4,
  );
const labOf = (rgb: Triple): Triple =>
  times(
    TO_LAB,
    each(
      times(
        TO_CONES,
        each(rgb, (one) => Math.min(1, Math.max(0, one))),
      ),
      Math.cbrt,
    ),
  );
const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const luminance = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

const TOKENS = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
/** Of a token that holds two. */
function colorOf(token: string, theme: number): Triple {
  const found = TOKENS.match(new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`));
  return linear(found?.[theme + 1] as string);
}

const SERIES = Array.from({ length: 8 }, (_, i) => `series-${i + 1}`);
const GOES_ON_AND_FINISHED = ["running", "good"];

it.each([
  ["surface", "hover"],
  ["surface-raised", "hover-raised"],
])("on a %s what lies under the cursor can be seen and read, by its %s", (surface, hover) => {
  for (const theme of [0, 1]) {
    const apart = distance(
      ...([surface, hover].map((token) => labOf(colorOf(token, theme))) as [Triple, Triple]),
    );
    expect(apart).toBeGreaterThan(JUST_SEEN);
    const [text, behind] = ["text-faint", hover].map((token) => luminance(colorOf(token, theme))) as [
      number,
      number,
    ];
    expect(contrast(text, behind)).toBeGreaterThanOrEqual(LEAST_CONTRAST_OF_TEXT);
  }
});

it.each([
  ["light", "series colours", 0, SERIES],
  ["dark", "series colours", 1, SERIES],
  ["light", "colours of running and finished", 0, GOES_ON_AND_FINISHED],
  ["dark", "colours of running and finished", 1, GOES_ON_AND_FINISHED],
] as const)("on what is %s, any two %s differ for every eye, and stand out", (_, _what, theme, tokens) => {
  const colors = tokens.map((token) => colorOf(token, theme));
  const backgrounds = ["bg", "surface"].map((token) => luminance(colorOf(token, theme)));
  const alike: string[] = [];
  for (const [i, one] of colors.entries()) {
    for (const behind of backgrounds)
      expect(contrast(luminance(one), behind)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
    for (const [j, other] of colors.entries())
      for (const [eye, matrix] of Object.entries(EYES)) {
        const apart = distance(labOf(times(matrix, one)), labOf(times(matrix, other)));
        if (j < i && apart < LEAST_DISTANCE)
          alike.push(`${tokens[j]} and ${tokens[i]}, ${eye}: ${apart.toFixed(3)}`);
      }
  }
  expect(alike).toEqual([]);
});
