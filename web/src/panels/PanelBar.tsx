import type { ReactNode } from "react";
import { Menu, type MenuEntry } from "../components/Menu";
import { SearchField } from "../components/SearchField";
import { DotsIcon } from "../components/signs";
import { plural } from "../lib/format";
import styles from "./Panels.module.css";
import type { PanelSearch } from "./usePanelSearch";

interface Props {
  search: PanelSearch;
  /** How many panels have such a title; undefined while nothing is searched. */
  found: number | undefined;
  total: number;
  /** Adds a panel to what stands in no section. */
  add: ReactNode;
  more: () => readonly MenuEntry[];
}

/** Above the panels: finds them by their titles, and adds to them. Its height never changes. */
export const PanelBar = ({ search: { text, set }, found, total, add, more }: Props) => (
  <div className={styles.bar}>
    <SearchField
      className={styles.search}
      label="Search panels"
      title="Part of a title, or a regular expression"
      value={text}
      set={set}
    />
    <span className={styles.found} role="status">
      {found !== undefined && `${found} of ${plural(total, "panel")}`}
    </span>
    {add}
    <Menu label="More about the panels" name={<DotsIcon />} items={more} />
  </div>
);
