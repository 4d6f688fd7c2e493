/** What can be done with a column, in words. */
import type { RunView } from "../../view/RunView";
import type { MenuItem } from "../Menu";
import { type Column, NAME } from "./columns";
import type { Columns } from "./useColumns";

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
    { name: "Hide", act: () => columns.show([field.id], false) },
  ];
}
