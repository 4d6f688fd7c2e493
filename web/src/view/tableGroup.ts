import { useMemo } from "react";
import { type Field, joinedField } from "./fields";
import { useRunView } from "./RunView";

/** What the table groups its runs by, as one field: charts that can draw groups draw these. */
export function useTableGroup(): Field | undefined {
  const { group, fieldById } = useRunView();
  return useMemo(() => joinedField(group.flatMap((id) => fieldById.get(id) ?? [])), [group, fieldById]);
}
