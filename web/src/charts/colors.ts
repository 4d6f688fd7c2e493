/** The page's colour tokens as a canvas understands them. */
const NAMES = {
  text: "--text-soft",
  grid: "--chart-grid",
  dot: "--chart-dot",
  dim: "--chart-dim",
  best: "--chart-best",
  surface: "--surface",
} as const;

export type Colors = Record<keyof typeof NAMES, string>;

/** Reads the tokens as they hold inside `element`; a computed `color` is free of var() and light-dark(). */
export function readColors(element: HTMLElement): Colors {
  const probe = document.createElement("span");
  element.append(probe);
  const entries = Object.entries(NAMES).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(entries) as Colors;
}
