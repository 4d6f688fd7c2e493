import type { ReactNode } from "react";
import { formatCount, plural } from "../../lib/format";
import { useRunView, useUnderHand } from "../../view/RunView";
import { SearchField } from "../SearchField";
import { Chips } from "./Chips";
import { FilterEditor } from "./FilterEditor";
import { GroupPicker } from "./GroupPicker";
import styles from "./RunsBar.module.css";

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Chooses the runs that everything below shows, and says how many these are. One line whose height never changes, so
 * that what is brushed in a chart stays under the mouse. `groups`: what is below shows them in groups, too.
 */
export function RunsBar({ groups = true, children }: { groups?: boolean; children?: ReactNode }) {
  const { setSearch } = useRunView();
  const { search } = useUnderHand();
  return (
    // biome-ignore lint/a11y/useSemanticElements: no browser of our range knows the element
    <div className={styles.bar} role="search" aria-label="Runs to show">
      <SearchField
        className={styles.search}
        label="Search runs"
        data-shortcut="search"
        title="Part of the name, or a regular expression"
        value={search}
        set={setSearch}
      />
      <FilterEditor />
      {groups && <GroupPicker />}
      <Chips />
      <Counter />
      {children}
    </div>
  );
}

function Counter() {
  const { all, shown, drawn, setHidden } = useRunView();
  const closed = shown.length - drawn.length;
  return (
    <p className={styles.counter}>
      <span role="status">
        {shown.length === all.length
          ? plural(all.length, "run")
          : `${formatCount(shown.length)} of ${plural(all.length, "run")}`}
      </span>
      {closed > 0 && (
        <button type="button" className={styles.clear} onClick={() => setHidden(NOBODY)}>
          {closed} not drawn
        </button>
      )}
    </p>
  );
}
