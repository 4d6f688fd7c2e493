import type { PointerEvent } from "react";
import { Button } from "../components/Button";
import { Menu } from "../components/Menu";
import { ChevronIcon, DotsIcon } from "../components/signs";
import { plural } from "../lib/format";
import styles from "./Panels.module.css";
import { PANEL, type Part, type Section } from "./panels";
import { type Moves, onArrow, SECTION } from "./places";
import type { Mark } from "./sections";

interface Props {
  section: Section;
  part: Pick<Part, "panels" | "open">;
  /** Something is held that would come to stand before it, or into it. */
  mark: Mark["how"] | undefined;
  dragged: boolean;
  fold: (on: boolean) => void;
  actions: Moves & { rename: () => void; remove: () => void; drag: (event: PointerEvent) => void };
}

/** The head of a section: its name folds its panels, and a menu has what can be done with it. */
export function SectionHead({ section, part: { panels, open }, mark, dragged, fold, actions }: Props) {
  const { earlier, later, rename, remove, drag } = actions;
  return (
    <div
      className={styles.section}
      data-mark={mark}
      data-dragged={dragged || undefined}
      {...{ [PANEL]: section.id, [SECTION]: "" }}
    >
      <h2 onPointerDown={drag}>
        <Button look="ghost" className={styles.fold} aria-expanded={open} onClick={() => fold(open)}>
          <ChevronIcon down={open} />
          <span>{section.name}</span>
        </Button>
      </h2>
      <span className={styles.count}>{plural(panels.length, "panel")}</span>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the button inside */}
      <span className={styles.end} onKeyDown={(event) => onArrow(event, actions)}>
        <Menu
          label={`Actions of ${section.name}`}
          name={<DotsIcon />}
          items={() =>
            [
              { name: "Rename…", act: rename },
              earlier !== null && { name: "Move up", act: earlier, note: "Shift ↑" },
              later !== null && { name: "Move down", act: later, note: "Shift ↓" },
              { name: "Remove, but not its panels", act: remove },
            ].filter((item) => item !== false)
          }
        />
      </span>
    </div>
  );
}
