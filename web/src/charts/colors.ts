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

/** Reads the tokens as they hold inside `element`; a computed `color` is free of var() and light-dark(). */
export function readColors(element: HTMLElement): Colors {
  const probe = document.createElement("span");
  element.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const entries = Object.entries(NAMES).map(([name, token]) => [name, read(token)]);
  const series = Array.from({ length: SERIES }, (_, i) => read(`--series-${i + 1}`));
  probe.remove();
  return { ...Object.fromEntries(entries), series } as Colors;
}
