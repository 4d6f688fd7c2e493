/** The panels of a project's sweeps as people arrange them: which, in which order, how wide and how tall. Pure. */

interface Kind {
  name: string;
  /** Parts of twelve beside another panel in the same row. */
  share: number;
  /** Fills its row at first. */
  wide?: boolean;
  /** In pixels, of what the card shows; null where it follows from the content. */
  height: number | null;
  /** A second one, with other settings, shows something else. */
  several: boolean;
}

export const KINDS = {
  scatter: { name: "Scatter plot", share: 5, height: 260, several: true },
  parallel: { name: "Parallel coordinates", share: 7, height: 260, several: true },
  curves: { name: "Curves of any metric", share: 7, height: 260, several: true },
  importance: { name: "What matters most", share: 5, height: 260, several: false },
  slices: { name: "Metric by each parameter", share: 7, height: 260, several: true },
  contour: { name: "Metric over two parameters", share: 5, height: 260, several: true },
  bars: { name: "Bars by run or group", share: 6, height: 260, several: true },
  boxes: { name: "Boxes by a parameter", share: 6, height: 260, several: true },
  runs: { name: "Runs side by side", share: 7, wide: true, height: 360, several: false },
  logged: { name: "Logged charts of several runs", share: 6, height: 280, several: true },
  media: { name: "Media of several runs", share: 6, height: 320, several: true },
  text: { name: "Text", share: 5, height: null, several: true },
} as const satisfies Record<string, Kind>;

export type PanelKind = keyof typeof KINDS;
export type Width = "half" | "full";

export interface Panel {
  /** Its settings are kept under it. Of a kind that stands there by itself only that one is called as the kind is. */
  id: string;
  kind: PanelKind;
  /** null: beside another panel where there is one. */
  width: Width | null;
  /** null: as usual for its kind. */
  height: number | null;
}

function panel(kind: PanelKind, id: string = kind): Panel {
  const { wide = false }: Kind = KINDS[kind];
  return { id, kind, width: wide ? "full" : null, height: null };
}

/** From how well it goes to why: the metric in time and by its parameters, the curves, what matters, each parameter alone and two together. */
export const AUTOMATIC: readonly Panel[] = (
  ["scatter", "parallel", "curves", "importance", "slices", "contour"] as const
).map((kind) => panel(kind));

/** Whether it stands there by itself, so that it may stay away where there is nothing for it to show. */
export const isByItself = ({ id, kind }: Panel): boolean =>
  id === kind && AUTOMATIC.some((one) => one.id === id);

export const LEAST_HEIGHT = 120;
export const MOST_HEIGHT = 1200;
export const HEIGHTS = { small: 0.7, medium: 1, large: 1.7 } as const;
export type HeightName = keyof typeof HEIGHTS;

/** null where it follows from the content. */
export function heightOf({ kind, height }: Panel): number | null {
  const usual = KINDS[kind].height;
  return usual === null ? null : (height ?? usual);
}

export const heightNamed = (kind: PanelKind, name: HeightName): number =>
  Math.round((KINDS[kind].height ?? 0) * HEIGHTS[name]);

export type Change =
  /** To the place of another panel; null: to the end. */
  | { do: "move"; id: string; before: string | null }
  | { do: "resize"; id: string; width?: Width; height?: number }
  | { do: "hide"; id: string }
  /** `after` another panel; null: at the end. */
  | { do: "add"; id: string; kind: PanelKind; after: string | null };

/** The panels after a change. One that names a panel which is not there changes nothing. */
export function arranged(panels: readonly Panel[], change: Change): readonly Panel[] {
  if (change.do === "add") {
    const source = panels.find(({ id }) => id === change.after);
    const size = source?.kind === change.kind ? { width: source.width, height: source.height } : {};
    return inserted(panels, { ...panel(change.kind, change.id), ...size }, nextOf(panels, change.after));
  }
  const found = panels.find(({ id }) => id === change.id);
  if (found === undefined) return panels;
  const others = panels.filter((one) => one !== found);
  switch (change.do) {
    case "hide":
      return others;
    case "move":
      if (change.before === found.id || change.before === nextOf(panels, found.id)) return panels;
      return inserted(others, found, change.before);
    case "resize": {
      const { width = found.width, height = found.height } = change;
      const changed = { ...found, width, height: height === null ? null : clamped(height) };
      return panels.map((one) => (one === found ? changed : one));
    }
  }
}

/** At the place of `before`; at the end where that is not there. */
function inserted(panels: readonly Panel[], one: Panel, before: string | null): Panel[] {
  const at = panels.findIndex(({ id }) => id === before);
  return at < 0 ? [...panels, one] : panels.toSpliced(at, 0, one);
}

const nextOf = (panels: readonly Panel[], id: string | null): string | null =>
  id === null ? null : (panels[panels.findIndex((one) => one.id === id) + 1]?.id ?? null);

const clamped = (height: number): number => Math.round(Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, height)));

/** A name for another panel of the kind; never that of one that stands there by itself, for that shows what the sweep is about. */
export function freeId(kind: PanelKind, taken: ReadonlySet<string>): string {
  if (!taken.has(kind) && AUTOMATIC.every(({ id }) => id !== kind)) return kind;
  let number = 2;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}

const COLUMNS = 12;

/** How many of twelve columns each gets: halves share a row with the next half, and divide it as their kinds want. */
export function spansOf(panels: readonly Panel[]): number[] {
  const spans: number[] = [];
  for (let i = 0; i < panels.length; ) {
    const [one, next] = [panels[i] as Panel, panels[i + 1]];
    if (one.width !== "full" && next !== undefined && next.width !== "full") {
      const [mine, other] = [KINDS[one.kind].share, KINDS[next.kind].share];
      const span = Math.round((COLUMNS * mine) / (mine + other));
      spans.push(span, COLUMNS - span);
      i += 2;
    } else {
      spans.push(one.width === "half" ? COLUMNS / 2 : COLUMNS);
      i += 1;
    }
  }
  return spans;
}

/** What was kept, or came with the view of somebody else; null where it is no arrangement. What is not understood is left out. */
export function readPanels(kept: unknown): readonly Panel[] | null {
  if (!Array.isArray(kept)) return null;
  const known = new Map<string, Panel>();
  for (const one of kept) {
    if (typeof one !== "object" || one === null) continue;
    const { id, kind, width, height } = one as Record<string, unknown>;
    if (typeof id !== "string" || typeof kind !== "string" || !Object.hasOwn(KINDS, kind) || known.has(id))
      continue;
    known.set(id, {
      id,
      kind: kind as PanelKind,
      width: width === "half" || width === "full" ? width : null,
      height: typeof height === "number" && Number.isFinite(height) ? clamped(height) : null,
    });
  }
  return [...known.values()];
}
