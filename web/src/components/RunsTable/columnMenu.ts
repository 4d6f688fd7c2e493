/** What can be done with a column, in words. */
import type { Field } from "../../view/fields";
import type { RunView } from "../../view/RunView";
import { extremeId, loggedName } from "../../view/useExtremeFields";
import { EXTREMES } from "../../view/useExtremes";
import type { MenuItem } from "../Menu";
import { type Column, NAME } from "./columns";
import type { Columns } from "./useColumns";

/** Columns of smallest and largest logged values, by their ids. */
export interface ChosenExtremes {
  ids: readonly string[];
  set: (ids: readonly string[]) => void;
}

const ENDS = {
  number: ["smallest first", "largest first"],
  time: ["oldest first", "newest first"],
  duration: ["shortest first", "longest first"],
  category: ["A to Z", "Z to A"],
} as const;

export function columnMenu(
  column: Column,
  columns: Columns,
  view: RunView,
  order: (id: string, descending: boolean) => void,
  extremes: ChosenExtremes,
): (MenuItem | null)[] {
  const { field, pinned } = column;
  const [rising, falling] = ENDS[field.kind];
  const sorts: (MenuItem | null)[] = [
    { name: "Sort ascending", note: rising, act: () => order(field.id, false) },
    { name: "Sort descending", note: falling, act: () => order(field.id, true) },
  ];
  if (field.id === NAME) return sorts;
  const beside = columns.shown.filter((other) => other.pinned === pinned && other.field.id !== NAME);
  const at = beside.findIndex((other) => other.field.id === field.id);
  const behind = beside[at + 2]?.field.id ?? null;
  const grouped = view.group.includes(field.id);
  return [
    ...sorts,
    ...sortsByExtremes(field, columns, order, extremes),
    null,
    {
      name: grouped ? "Do not group by it" : "Group by it",
      act: () =>
        view.setGroup(grouped ? view.group.filter((id) => id !== field.id) : [...view.group, field.id]),
    },
    null,
    { name: pinned ? "Unpin" : "Pin to the left", act: () => columns.pin(field.id, !pinned) },
    ...(at > 0
      ? [{ name: "Move left", act: () => columns.move(field.id, beside[at - 1]?.field.id ?? null) }]
      : []),
    ...(at < beside.length - 1 ? [{ name: "Move right", act: () => columns.move(field.id, behind) }] : []),
    field.part === "Extreme"
      ? { name: "Remove", act: () => extremes.set(extremes.ids.filter((id) => id !== field.id)) }
      : { name: "Hide", act: () => columns.show([field.id], false) },
  ];
}

/** Of a number that runs log, what they have logged least and most: a column of its own, so that it can be seen. */
const sortsByExtremes = (
  field: Field,
  columns: Columns,
  order: (id: string, descending: boolean) => void,
  { ids, set }: ChosenExtremes,
): MenuItem[] => {
  const logged = loggedName(field);
  if (logged === null) return [];
  return EXTREMES.map((extreme) => ({
    name: `Sort by the ${extreme} logged`,
    act: () => {
      const id = extremeId(extreme, logged);
      if (!ids.includes(id)) set([...ids, id]);
      columns.show([id], true); // it may have been hidden
      order(id, extreme === "largest");
    },
  }));
};
