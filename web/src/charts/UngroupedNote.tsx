import { useRunView } from "../view/RunView";

/** In the head of a chart that has no way to draw groups, while the table groups its runs. */
export function UngroupedNote() {
  const { group } = useRunView();
  if (group.length === 0) return null;
  return <span title="The table groups its runs; here each is drawn by itself.">runs, not groups</span>;
}
