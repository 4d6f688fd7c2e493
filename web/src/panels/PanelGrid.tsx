import { type ReactNode, useEffect, useRef, useState } from "react";
import { useShortcut } from "../app/useShortcut";
import { Button } from "../components/Button";
import { cardInAddress, subscribe } from "../components/screen";
import { Toast } from "../components/Toast";
import { AddPanel } from "./AddPanel";
import { PanelFrame } from "./PanelFrame";
import styles from "./Panels.module.css";
import {
  type Entry,
  KINDS,
  PANEL,
  type Panel,
  type PanelKind,
  partsOf,
  type Section,
  spansOf,
} from "./panels";
import { SectionDialog } from "./SectionDialog";
import { SectionHead } from "./SectionHead";
import { earlier, later, markOf, sectionEarlier, sectionLater } from "./sections";
import { useDeeds } from "./useDeeds";
import { usePanelDrag } from "./usePanelDrag";
import type { Arrangement } from "./usePanels";
import { useUndoKeys } from "./useUndoKeys";

interface Props {
  arrangement: Arrangement;
  /** Of the arrangement's entries those that have something to show here. */
  entries: readonly Entry[];
  /** A new panel begins with the settings of `from`, or with none, or shows what is logged under `key`. */
  prepare: (id: string, from: Panel | null, key?: string) => void;
  /** Asks for a key, and adds the panel that shows it. */
  byKey: (add: (kind: PanelKind, key: string) => void, close: () => void) => ReactNode;
  /** The card of a panel, whose content has this height. */
  children: (panel: Panel, height: number) => ReactNode;
}

/** Panels that people arrange, side by side where there is room, below the heads of their sections. */
export function PanelGrid({ arrangement, entries, prepare, byKey, children }: Props) {
  const { folded, fold, said, undo, redo, reset } = arrangement;
  const grid = useRef<HTMLDivElement>(null);
  const [named, askForName] = useState<Section | "new" | null>(null);
  const parts = partsOf(entries, folded);
  const deeds = useDeeds(grid, arrangement, entries, parts, prepare);
  const { drag, start } = usePanelDrag(grid, ({ id, before }) => deeds.move(id, before));
  useUndoKeys(arrangement);

  // The panel that an address names is seen, though its section was folded.
  useEffect(() => {
    const unfold = () => {
      const name = cardInAddress();
      const around = parts.find(({ open, panels }) => !open && panels.some(({ id }) => id === name));
      if (around?.section) fold(around.section.id, false);
    };
    unfold();
    return subscribe(unfold);
  });

  const hideFocused = () => {
    const id = grid.current?.querySelector(`[${PANEL}]:focus-within`)?.getAttribute(PANEL);
    for (const part of parts) for (const panel of part.panels) if (panel.id === id) deeds.hide(part, panel);
  };
  useShortcut("x", hideFocused);
  useShortcut("a", () => openNextMenu(grid.current));

  const moving = (id: string, before: string | null | undefined) =>
    before === undefined ? null : () => deeds.move(id, before);
  const elsewhere = (panel: Panel, from: number) =>
    parts.flatMap(({ section }, to) => {
      if (to === from) return [];
      const act = () => deeds.move(panel.id, parts[to + 1]?.section?.id ?? null, section?.name);
      return [{ name: section === null ? "Move out of the section" : `Move to ${section.name}`, act }];
    });
  const mark = drag && markOf(parts, drag.id, drag.before);
  const markAt = (id: string | null) => (mark?.at === id && drag?.id !== id ? mark.how : undefined);
  const kinds = (Object.keys(KINDS) as PanelKind[]).filter(
    (kind) => KINDS[kind].several || arrangement.entries.every((one) => one.kind !== kind),
  );
  return (
    <>
      <div ref={grid} className={styles.panels}>
        {parts.flatMap((part, at) => {
          const { section, panels, open } = part;
          const spans = spansOf(panels);
          const isLast = at === parts.length - 1;
          const hasAdd = open && (section !== null || panels.length > 0 || isLast);
          return [
            section !== null && (
              <SectionHead
                key={section.id}
                section={section}
                part={part}
                mark={markAt(section.id)}
                dragged={drag?.id === section.id}
                fold={(on) => fold(section.id, on)}
                actions={{
                  earlier: moving(section.id, sectionEarlier(parts, at)),
                  later: moving(section.id, sectionLater(parts, at)),
                  rename: () => askForName(section),
                  remove: () => deeds.remove(at),
                  drag: (event) => start(section.id, event),
                }}
              />
            ),
            ...(open ? panels : []).map((panel, i) => (
              <PanelFrame
                key={panel.id}
                panel={panel}
                section={section?.id}
                span={spans[i] ?? 12}
                mark={markAt(panel.id)}
                dragged={drag?.id === panel.id}
                actions={{
                  earlier: moving(panel.id, earlier(parts, at, i)),
                  later: moving(panel.id, later(parts, at, i)),
                  elsewhere: elsewhere(panel, at),
                  resize: (size) => deeds.resize(panel, size),
                  duplicate: KINDS[panel.kind].several ? () => deeds.add(panel.kind, panel, null) : null,
                  hide: () => deeds.hide(part, panel),
                  drag: (event) => start(panel.id, event),
                }}
              >
                {(height) => children(panel, height)}
              </PanelFrame>
            )),
            (hasAdd || isLast) && (
              <div
                key={`below ${section?.id}`}
                className={styles.foot}
                data-mark={isLast ? markAt(null) : undefined}
              >
                {section !== null && open && panels.length === 0 && (
                  <p>No panels yet. Move one here by its menu, or add one:</p>
                )}
                {hasAdd && (
                  <AddPanel
                    section={section?.name}
                    kinds={kinds}
                    add={(kind, key) => deeds.add(kind, null, section, key)}
                    byKey={byKey}
                  />
                )}
                {isLast && <Button onClick={() => askForName("new")}>Add section</Button>}
                {isLast && reset !== null && (
                  <Button look="ghost" onClick={reset.act}>
                    {reset.name}
                  </Button>
                )}
              </div>
            ),
          ];
        })}
      </div>
      {named !== null && (
        <SectionDialog
          name={named === "new" ? null : named.name}
          save={(name) => deeds.name(named === "new" ? null : named, name)}
          close={() => askForName(null)}
        />
      )}
      <Toast done={said}>
        {undo !== null && (
          <Button look="ghost" onClick={undo}>
            Undo
          </Button>
        )}
        {redo !== null && (
          <Button look="ghost" onClick={redo}>
            Redo
          </Button>
        )}
      </Toast>
    </>
  );
}

/** What can be added where the focus is, else at the end. */
function openNextMenu(grid: Element | null): void {
  const adds = [...(grid?.querySelectorAll<HTMLElement>(`.${styles.foot} [aria-haspopup=menu]`) ?? [])];
  const at = grid?.querySelector(":focus");
  const isNext = (add: Element) =>
    add === at || at?.compareDocumentPosition(add) === Node.DOCUMENT_POSITION_FOLLOWING;
  (adds.find(isNext) ?? adds.at(-1))?.click();
}
