/** The page's colours as a canvas understands them. */
const NAMES = {
  text: "--text-soft",
  grid: "--chart-grid",
  dot: "--chart-dot",
  dim: "--chart-dim",
  best: "--chart-best",
  surface: "--surface",
} as const;

export type Colors = Record<keyof typeof NAMES, string> & {
  /** Of any colour of the document: `var(--series-1)`, `#aa3377`. */
  of: (color: string) => string;
};

/** A colour as it holds inside `element`; a computed `color` is free of var() and light-dark(). */
export function readColor(element: HTMLElement, color: string): string {
  const probe = document.createElement("span");
  element.append(probe);
  probe.style.color = color;
  const read = getComputedStyle(probe).color;
  probe.remove();
  return read;
}

export function readColors(element: HTMLElement): Colors {
  const known = new Map<string, string>();
  const of = (color: string): string => {
    const read = known.get(color) ?? readColor(element, color);
    known.set(color, read);
    return read;
  };
  const entries = Object.entries(NAMES).map(([name, token]) => [name, of(`var(${token})`)]);
  return { ...Object.fromEntries(entries), of } as Colors;
}
