/** Colours of a scale of values: even steps for the eye, from faint for the worse end to strong for the better one. */
import type { Colors } from "./colors";

export const GRADIENTS = { plasma: "Plasma", viridis: "Viridis", blue: "Blue" } as const;
export type GradientName = keyof typeof GRADIENTS;

/** One of the page's own, or two colours of the reader's (`#rrggbb`). */
export type Gradient = GradientName | { from: string; to: string };

export const COLORS = 32;
const STOPS = 5;

/** As the document takes them, from the worse end to the better one. */
const stopsOf = (gradient: Gradient): string[] =>
  typeof gradient === "string"
    ? Array.from({ length: STOPS }, (_, i) => `var(--gradient-${gradient}-${i + 1})`)
    : [gradient.from, gradient.to];

/** For the style of an element: as the canvas draws it. */
export const gradientImage = (gradient: Gradient): string =>
  `linear-gradient(90deg in oklab, ${stopsOf(gradient).join(", ")})`;

/** By the stops as they were read. To mix one takes as long as to draw a chart of few runs. */
const mixed = new Map<string, readonly string[]>();

/** `COLORS` colours for a canvas, from the worse end to the better one. */
export function readGradient(colors: Pick<Colors, "of">, gradient: Gradient): readonly string[] {
  const stops = stopsOf(gradient).map(colors.of);
  const name = stops.join();
  const known =
    mixed.get(name) ?? blend(stops.map(parseColor), COLORS).map(([r, g, b]) => `rgb(${r},${g},${b})`);
  mixed.set(name, known);
  return known;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** `#rrggbb` or `rgb(r, g, b)`, as a computed style writes it; anything else is black. */
export function parseColor(text: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  const numbers =
    hex === null
      ? (text.match(/\d+(\.\d+)?/g) ?? []).map(Number)
      : hex.slice(1).map((two) => parseInt(two, 16));
  return [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
}

/** `count` colours along `stops`, mixed in OKLab, where equal steps look equal. */
export function blend(stops: readonly Rgb[], count: number): Rgb[] {
  const labs = stops.map(toLab);
  return Array.from({ length: count }, (_, i) => {
    const at = (i / Math.max(1, count - 1)) * (labs.length - 1);
    const left = labs[Math.floor(at)] as Lab;
    const right = labs[Math.ceil(at)] as Lab;
    const share = at - Math.floor(at);
    return fromLab(left.map((value, k) => value + share * ((right[k] as number) - value)) as unknown as Lab);
  });
}

type Lab = readonly [lightness: number, a: number, b: number];

// Björn Ottosson, "A perceptual color space for image processing", 2020.
function toLab([r, g, b]: Rgb): Lab {
  const [x, y, z] = [r, g, b].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * x + 0.5363325363 * y + 0.0514459929 * z);
  const m = Math.cbrt(0.2119034982 * x + 0.6806995451 * y + 0.1073969566 * z);
  const s = Math.cbrt(0.0883024619 * x + 0.2817188376 * y + 0.6299787005 * z);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((value) => {
    const part = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, part)));
  }) as unknown as Rgb;
}
