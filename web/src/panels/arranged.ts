/** What a change makes of the panels and sections of an arrangement. Pure. */
import { clamped, type Entry, isSection, type PanelKind, panel, type Width } from "./panels";

export type Change =
  /** To the place of another entry; null: to the end. A section goes with its panels, to the next place between sections. */
  | { do: "move"; id: string; before: string | null }
  | { do: "resize"; id: string; width?: Width; height?: number }
  /** Of a section only the head: its panels belong to what is above it then. */
  | { do: "hide"; id: string }
  /** Behind another panel; at the end of a section; null: of what stands before all sections. */
  | { do: "add"; id: string; kind: PanelKind; after: string | null }
  /** A section without panels, at the end. */
  | { do: "begin"; id: string; name: string }
  | { do: "rename"; id: string; name: string };

/** The entries after a change. One that names what is not there changes nothing. */
export function arranged(entries: readonly Entry[], change: Change): readonly Entry[] {
  const found = entries.find(({ id }) => id === (change.do === "add" ? change.after : change.id));
  const replaced = (changed: Entry) => entries.map((one) => (one === found ? changed : one));
  if (change.do === "add") {
    const made = panel(change.kind, change.id);
    if (found === undefined || isSection(found)) return inserted(entries, [made], endOf(entries, found?.id));
    const { width, height } = found;
    const sized = found.kind === change.kind ? { ...made, width, height } : made;
    return inserted(entries, [sized], behind(entries, found));
  }
  if (change.do === "begin") return [...entries, { id: change.id, kind: "section", name: change.name }];
  if (found === undefined) return entries;
  switch (change.do) {
    case "hide":
      return entries.filter((one) => one !== found);
    case "move": {
      const goal = isSection(found) ? headFrom(entries, change.before) : change.before;
      const end = behind(entries, found);
      if (goal === found.id || goal === end) return entries;
      const at = entries.indexOf(found);
      const moved = entries.slice(at, end === null ? undefined : indexOf(entries, end));
      return inserted(entries.toSpliced(at, moved.length), moved, goal);
    }
    case "resize": {
      if (isSection(found)) return entries;
      const { width = found.width, height = found.height } = change;
      return replaced({ ...found, width, height: height === null ? null : clamped(height) });
    }
    case "rename":
      return isSection(found) && found.name !== change.name
        ? replaced({ ...found, name: change.name })
        : entries;
  }
}

/** At the place of `before`; at the end where that is not there. */
function inserted(entries: readonly Entry[], some: readonly Entry[], before: string | null): Entry[] {
  const at = indexOf(entries, before);
  return entries.toSpliced(at < 0 ? entries.length : at, 0, ...some);
}

const indexOf = (entries: readonly Entry[], id: string | null | undefined): number =>
  entries.findIndex((one) => one.id === id);

/** What follows a panel, or a section with all its panels; null: nothing. */
const behind = (entries: readonly Entry[], one: Entry): string | null =>
  isSection(one) ? endOf(entries, one.id) : (entries[entries.indexOf(one) + 1]?.id ?? null);

/** The section after that one, or the first of all; null: none. */
const endOf = (entries: readonly Entry[], section: string | undefined): string | null =>
  entries.slice(indexOf(entries, section) + 1).find(isSection)?.id ?? null;

/** The section at that place, or the next one behind it; null: none. */
function headFrom(entries: readonly Entry[], id: string | null): string | null {
  const at = indexOf(entries, id);
  return at < 0 ? null : (entries.slice(at).find(isSection)?.id ?? null);
}
