/** The panels of a project's sweeps as people arrange them: which, in which order and section, how wide and how tall. Pure. */

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
  /** Its menu makes a picture of the card; curves have a tray for that, and texts and media are no drawings. */
  drawn?: boolean;
}

export const KINDS = {
  scatter: { name: "Scatter plot", share: 5, height: 260, several: true, drawn: true },
  parallel: { name: "Parallel coordinates", share: 7, height: 260, several: true, drawn: true },
  curves: { name: "Curves of any metric", share: 7, height: 260, several: true },
  importance: { name: "What matters most", share: 5, height: 260, several: false, drawn: true },
  slices: { name: "Metric by each parameter", share: 7, height: 260, several: true, drawn: true },
  contour: { name: "Metric over two parameters", share: 5, height: 260, several: true, drawn: true },
  bars: { name: "Bars by run or group", share: 6, height: 260, several: true, drawn: true },
  boxes: { name: "Boxes by a parameter", share: 6, height: 260, several: true, drawn: true },
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

/** A head among the panels: those after it, until the next one, are its own. */
export interface Section {
  /** Whether it is folded is kept under it. */
  id: string;
  kind: "section";
  name: string;
}

/** The attribute of the place of a panel or head on the page, which holds its id. */
export const PANEL = "data-panel";

/** Of an arrangement. Who knows no sections leaves them out, and has the same panels in the same order. */
export type Entry = Panel | Section;

export const isSection = (one: Entry): one is Section => one.kind === "section";

export interface Part {
  /** null: of what stands before all sections. */
  section: Section | null;
  panels: readonly Panel[];
  /** Its panels are shown. */
  open: boolean;
}

/** The panels before all sections, and then each section with its own; `folded`: ids of sections. */
export function partsOf(entries: readonly Entry[], folded: readonly string[]): readonly Part[] {
  let panels: Panel[] = [];
  const parts: Part[] = [{ section: null, panels, open: true }];
  for (const one of entries) {
    if (isSection(one)) {
      panels = [];
      parts.push({ section: one, panels, open: !folded.includes(one.id) });
    } else panels.push(one);
  }
  return parts;
}

export function panel(kind: PanelKind, id: string = kind): Panel {
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

const LEAST_HEIGHT = 120;
const MOST_HEIGHT = 1200;
export const HEIGHTS = { small: 0.7, medium: 1, large: 1.7 } as const;
export type HeightName = keyof typeof HEIGHTS;

export const isDrawn = ({ kind }: Panel): boolean => "drawn" in KINDS[kind];

/** null where it follows from the content. */
export function heightOf({ kind, height }: Panel): number | null {
  const usual = KINDS[kind].height;
  return usual === null ? null : (height ?? usual);
}

export const heightNamed = (kind: PanelKind, name: HeightName): number =>
  Math.round((KINDS[kind].height ?? 0) * HEIGHTS[name]);

export const clamped = (height: number): number =>
  Math.round(Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, height)));

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
export function readPanels(kept: unknown): readonly Entry[] | null {
  if (!Array.isArray(kept)) return null;
  const known = new Map<string, Entry>();
  for (const one of kept) {
    if (typeof one !== "object" || one === null) continue;
    const { id, kind, name, width, height } = one as Record<string, unknown>;
    if (typeof id !== "string" || typeof kind !== "string" || known.has(id)) continue;
    if (kind === "section") {
      if (typeof name === "string" && name.trim() !== "") known.set(id, { id, kind, name });
    } else if (Object.hasOwn(KINDS, kind)) {
      known.set(id, {
        id,
        kind: kind as PanelKind,
        width: width === "half" || width === "full" ? width : null,
        height: typeof height === "number" && Number.isFinite(height) ? clamped(height) : null,
      });
    }
  }
  return [...known.values()];
}
