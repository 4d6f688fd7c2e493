import { type RefObject, useLayoutEffect, useRef } from "react";
import { type Entry, KINDS, type Panel, type PanelKind, type Part, type Section, type Width } from "./panels";
import { addButton, dotsOf, placeOf, titleOf } from "./places";
import type { Arrangement } from "./usePanels";

interface Deeds {
  /** To before another entry; null: to the end. `to`: what the reader calls that place. */
  move: (id: string, before: string | null, to?: string) => void;
  /** `from`: with its settings, behind it; else to the end of the section, or to what is logged under `key`. */
  add: (kind: PanelKind, from: Panel | null, section: Section | null, key?: string) => void;
  resize: (panel: Panel, size: { width?: Width; height?: number }) => void;
  hide: (part: Part, panel: Panel) => void;
  /** null: a new one. */
  name: (section: Section | null, name: string) => void;
  /** The head of a part; its panels stay. */
  remove: (at: number) => void;
}

/** Drawn, not counted: arrangements of several people come together in one place, and settings are kept under ids. */
const newId = (kind: Entry["kind"]): string => `${kind}-${Math.random().toString(36).slice(2, 10)}`;

/** Changes of what stands in `grid`, each in words, and the focus goes along. */
export function useDeeds(
  grid: RefObject<Element | null>,
  { change }: Arrangement,
  entries: readonly Entry[],
  parts: readonly Part[],
  prepare: (id: string, from: Panel | null, key?: string) => void,
): Deeds {
  const next = useRef<string | null>(null);
  const title = (id: string) => titleOf(grid.current, id);
  const headAt = (at: number) => parts[at]?.section?.id;

  // Panels that change places take the focus away from what is in them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the entries
  useLayoutEffect(() => {
    const id = next.current;
    if (id === null) return;
    next.current = null;
    const around = parts.find(({ panels }) => panels.some((panel) => panel.id === id))?.section?.id;
    const place = placeOf(grid.current, id) ?? placeOf(grid.current, around ?? "");
    (dotsOf(place) ?? addButton(grid.current))?.focus({ preventScroll: true });
    place?.scrollIntoView({ block: "nearest" });
  }, [entries]);

  return {
    move: (id, before, to) => {
      const words = to === undefined ? `Moved ${title(id)}` : `Moved ${title(id)} to ${to}`;
      // A drop on its own place moves nothing, and must not move the focus with whatever changes later.
      if (change({ do: "move", id, before }, words)) next.current = id;
    },
    add: (kind, from, section, key) => {
      const id = newId(kind);
      prepare(id, from, key);
      next.current = id;
      const words =
        from === null ? `Added ${key ?? KINDS[kind].name.toLowerCase()}` : `Duplicated ${title(from.id)}`;
      change({ do: "add", id, kind, after: (from ?? section)?.id ?? null }, words);
    },
    resize: ({ id }, size) => change({ do: "resize", id, ...size }, `Resized ${title(id)}`),
    hide: ({ section, panels }, panel) => {
      const at = panels.indexOf(panel);
      next.current = (panels[at + 1] ?? panels[at - 1] ?? section)?.id ?? headAt(1) ?? "";
      change({ do: "hide", id: panel.id }, `Hid ${title(panel.id)}`);
    },
    name: (section, name) => {
      const id = section?.id ?? newId("section");
      const words = section === null ? `Added the section ${name}` : `Renamed ${section.name} to ${name}`;
      if (change({ do: section === null ? "begin" : "rename", id, name }, words)) next.current = id;
    },
    remove: (at) => {
      const { section, panels } = parts[at] as Part;
      if (section === null) return;
      next.current = panels[0]?.id ?? headAt(at - 1) ?? headAt(at + 1) ?? "";
      change({ do: "hide", id: section.id }, `Removed the section ${section.name}`);
    },
  };
}
