import type { PointerEvent, ReactNode } from "react";
import { plural } from "../lib/format";
import { Dots } from "./Dots";
import { FoldHeading } from "./FoldHeading";
import styles from "./Panels.module.css";
import { PANEL, type Part, type Section } from "./panels";
import { type Moves, SECTION } from "./places";
import type { Mark } from "./sections";

interface Props {
  section: Section;
  part: Pick<Part, "panels" | "open">;
  /** Something is held that would come to stand before it, or into it. */
  mark: Mark["how"] | undefined;
  dragged: boolean;
  /** See FoldHeading. */
  fold: ((away: boolean) => void) | null;
  /** Adds a panel to it. */
  add: ReactNode;
  actions: Moves & {
    rename: () => void;
    remove: () => void;
    drag: ((event: PointerEvent) => void) | undefined;
  };
}

/** The head of a section: its name folds its panels, and a menu has what can be done with it. */
export function SectionHead({ section, part, mark, dragged, fold, add, actions }: Props) {
  const { earlier, later, rename, remove, drag } = actions;
  const { panels, open } = part;
  return (
    <div
      className={styles.section}
      data-mark={mark}
      data-dragged={dragged || undefined}
      {...{ [PANEL]: section.id, [SECTION]: section.id }}
    >
      <FoldHeading
        name={section.name}
        count={plural(panels.length, "panel")}
        open={open}
        fold={fold}
        onPointerDown={drag}
      />
      <span className={styles.end}>
        {add}
        <Dots
          title={section.name}
          moves={actions}
          items={() =>
            [
              { name: "Rename…", act: rename },
              earlier !== null && { name: "Move up", act: earlier, keys: "Shift ↑" },
              later !== null && { name: "Move down", act: later, keys: "Shift ↓" },
              { name: "Remove, but not its panels", act: remove },
            ].filter((item) => item !== false)
          }
        />
      </span>
    </div>
  );
}
