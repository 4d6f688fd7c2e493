import { SERIES } from "../view/runColors";

/** The page's colour tokens as a canvas understands them. */
const NAMES = {
  text: "--text-soft",
  grid: "--chart-grid",
  dot: "--chart-dot",
  dim: "--chart-dim",
  best: "--chart-best",
  surface: "--surface",
} as const;

export type Colors = Record<keyof typeof NAMES, string> & {
  /** By `seriesOf` a run. */
  series: string[];
};

/** Tokens as they hold inside `element`; a computed `color` is free of var() and light-dark(). */
export function readTokens(element: HTMLElement, tokens: readonly string[]): string[] {
  const probe = document.createElement("span");
  element.append(probe);
  const colors = tokens.map((token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return colors;
}

export function readColors(element: HTMLElement): Colors {
  const values = readTokens(element, Object.values(NAMES));
  const entries = Object.keys(NAMES).map((name, i) => [name, values[i]]);
  const series = readTokens(
    element,
    Array.from({ length: SERIES }, (_, i) => `--series-${i + 1}`),
  );
  return { ...Object.fromEntries(entries), series } as Colors;
}
