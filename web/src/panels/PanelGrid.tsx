import { type PointerEvent, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "../components/Button";
import { cardInAddress, subscribe } from "../components/screen";
import { Toast } from "../components/Toast";
import { AddPanel } from "./AddPanel";
import { PanelBar } from "./PanelBar";
import { PanelFrame } from "./PanelFrame";
import styles from "./Panels.module.css";
import {
  type Entry,
  isSection,
  KINDS,
  type Panel,
  type PanelKind,
  partsOf,
  type Section,
  spansOf,
} from "./panels";
import { SectionDialog } from "./SectionDialog";
import { SectionHead } from "./SectionHead";
import { earlier, foundParts, later, markOf, sectionEarlier, sectionLater } from "./sections";
import { useDeeds } from "./useDeeds";
import { usePanelDrag } from "./usePanelDrag";
import { usePanelKeys } from "./usePanelKeys";
import type { PanelSearch } from "./usePanelSearch";
import type { Arrangement } from "./usePanels";

interface Props {
  arrangement: Arrangement;
  /** Of the arrangement's entries those that have something to show here. */
  entries: readonly Entry[];
  search: PanelSearch;
  /** Ids of the panels that are looked for; null: nothing is searched. */
  found: ReadonlySet<string> | null;
  /** Other charts of the page are found by the same search. */
  foundElsewhere: boolean;
  /** A new panel begins with the settings of `from`, or with none, or shows what is logged under `key`. */
  prepare: (id: string, from: Panel | null, key?: string) => void;
  /** Asks for a key, and adds the panel that shows it. */
  byKey: (add: (kind: PanelKind, key: string) => void, close: () => void) => ReactNode;
  /** The card of a panel, whose content has this height. */
  children: (panel: Panel, height: number) => ReactNode;
}

/**
 * Panels that people arrange, side by side where there is room, below the heads of their sections. Of those that are
 * looked for there is no next place: they move into sections only.
 */
export function PanelGrid({ arrangement, entries, search, found, prepare, byKey, ...others }: Props) {
  const { foundElsewhere, children } = others;
  const { folded, fold, said, undo, redo, reset } = arrangement;
  const grid = useRef<HTMLDivElement>(null);
  const [named, askForName] = useState<Section | "new" | null>(null);
  const all = partsOf(entries, folded);
  const parts = found === null ? all : foundParts(all, found);
  const deeds = useDeeds(grid, arrangement, entries, parts, prepare);
  const { drag, start } = usePanelDrag(grid, ({ id, before }) => deeds.move(id, before));

  // The panel that an address names is seen, though its section was folded.
  const inAddress = useSyncExternalStore(subscribe, cardInAddress);
  const around = all.find(({ open, panels }) => !open && panels.some(({ id }) => id === inAddress));
  const away = around?.section?.id;
  useEffect(() => {
    if (away !== undefined) fold(away, false);
  }, [away, fold]);

  usePanelKeys(grid, arrangement, (id) => {
    for (const part of parts) for (const panel of part.panels) if (panel.id === id) deeds.hide(part, panel);
  });

  const moving = (id: string, before: string | null | undefined) =>
    before === undefined || found !== null ? null : () => deeds.move(id, before);
  const dragging = (id: string) => (found === null ? (event: PointerEvent) => start(id, event) : undefined);
  const elsewhere = (panel: Panel) =>
    all.flatMap(({ section, panels }, to) => {
      if (panels.includes(panel)) return [];
      const act = () => deeds.move(panel.id, all[to + 1]?.section?.id ?? null, section?.name);
      return [{ name: section?.name ?? "No section", act }];
    });
  const mark = drag && markOf(parts, drag.id, drag.before);
  const markAt = (id: string | null) => (mark?.at === id && drag?.id !== id ? mark.how : undefined);
  const kinds = (Object.keys(KINDS) as PanelKind[]).filter(
    (kind) => KINDS[kind].several || arrangement.entries.every((one) => one.kind !== kind),
  );
  const adding = (section: Section | null) => (
    <AddPanel
      section={section?.name}
      kinds={kinds}
      byKey={byKey}
      add={(kind, key) => {
        search.set(""); // it would not be seen
        if (section !== null) fold(section.id, false);
        deeds.add(kind, null, section, key);
      }}
    />
  );
  return (
    <>
      <div ref={grid} className={styles.panels} data-mark={markAt(null)}>
        <PanelBar
          search={search}
          found={found?.size}
          total={all.reduce((count, { panels }) => count + panels.length, 0)}
          add={adding(null)}
          more={() =>
            [
              { name: "Add section…", act: () => askForName("new") },
              reset !== null && { name: reset.name, act: reset.act },
            ].filter((item) => item !== false)
          }
        />
        {found?.size === 0 && !foundElsewhere && (
          <p className={styles.none}>
            No panel has such a title. <Button onClick={() => search.set("")}>Clear the search</Button>
          </p>
        )}
        {parts.flatMap((part, at) => {
          const { section, panels, open } = part;
          const spans = spansOf(panels);
          return [
            section !== null && (
              <SectionHead
                key={section.id}
                section={section}
                part={part}
                mark={markAt(section.id)}
                dragged={drag?.id === section.id}
                fold={found === null ? (on) => fold(section.id, on) : null}
                add={adding(section)}
                actions={{
                  earlier: moving(section.id, sectionEarlier(parts, at)),
                  later: moving(section.id, sectionLater(parts, at)),
                  rename: () => askForName(section),
                  remove: () => deeds.remove(at),
                  drag: dragging(section.id),
                }}
              />
            ),
            section !== null && open && panels.length === 0 && (
              <p key={`none in ${section.id}`} className={styles.none}>
                No panels yet. Move some here by their menus, or add one.
              </p>
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
                  elsewhere: elsewhere(panel),
                  resize: (size) => deeds.resize(panel, size),
                  duplicate: KINDS[panel.kind].several ? () => deeds.add(panel.kind, panel, null) : null,
                  hide: () => deeds.hide(part, panel),
                  drag: dragging(panel.id),
                }}
              >
                {(height) => children(panel, height)}
              </PanelFrame>
            )),
          ];
        })}
      </div>
      {named !== null && (
        <SectionDialog
          name={named === "new" ? null : named.name}
          taken={arrangement.entries.filter(isSection).map(({ name }) => name)}
          save={(name) => {
            if (named === "new") search.set(""); // as a new panel
            deeds.name(named === "new" ? null : named, name);
          }}
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
