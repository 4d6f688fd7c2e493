/** Where panels and sections go that are moved by one place, or held over others, and which are shown of those. Pure. */
import type { Part } from "./panels";

/** Those with panels that are looked for, open, and with these alone; `ids`: of panels. */
export const foundParts = (parts: readonly Part[], ids: ReadonlySet<string>): readonly Part[] =>
  parts
    .map((part) => ({ ...part, open: true, panels: part.panels.filter(({ id }) => ids.has(id)) }))
    .filter(({ panels }) => panels.length > 0);

/** What an entry comes to stand before; null: it comes last; undefined: it cannot go further. */
type Before = string | null | undefined;

const headOf = (parts: readonly Part[], at: number): string | null => parts[at]?.section?.id ?? null;

/** A panel back by one place; folded sections are passed over, for nobody would see it in there. */
export function earlier(parts: readonly Part[], at: number, panel: number): Before {
  const previous = parts[at]?.panels[panel - 1];
  if (previous !== undefined) return previous.id;
  let head = at;
  while (parts[head - 1]?.open === false) head -= 1;
  return headOf(parts, head) ?? undefined;
}

/** A panel on by one place. */
export function later(parts: readonly Part[], at: number, panel: number): Before {
  const own = parts[at]?.panels ?? [];
  if (panel + 1 < own.length) return own[panel + 2]?.id ?? headOf(parts, at + 1);
  const next = parts.findIndex(({ open }, i) => i > at && open);
  return next < 0 ? undefined : (parts[next]?.panels[0]?.id ?? headOf(parts, next + 1));
}

/** Sections change places with each other only: what stands before all of them stays there. */
export const sectionEarlier = (parts: readonly Part[], at: number): Before =>
  at > 1 ? headOf(parts, at - 1) : undefined;

export const sectionLater = (parts: readonly Part[], at: number): Before =>
  at + 1 < parts.length ? headOf(parts, at + 2) : undefined;

export interface Mark {
  /** null: at the end of all. */
  at: string | null;
  how: "before" | "after" | "into";
}

/** How to show that what is held would come to stand before another entry; null: last. */
export function markOf(parts: readonly Part[], held: string, before: string | null): Mark {
  if (parts.some(({ section }) => section?.id === held)) return { at: before, how: "before" };
  const end = before === null ? parts.length : parts.findIndex(({ section }) => section?.id === before);
  const part = parts[end - 1];
  if (part === undefined) return { at: before, how: "before" }; // no head is there, but a panel
  const last = part.open ? part.panels.at(-1) : undefined;
  if (last !== undefined) return { at: last.id, how: "after" };
  return part.section === null ? { at: before, how: "before" } : { at: part.section.id, how: "into" };
}
