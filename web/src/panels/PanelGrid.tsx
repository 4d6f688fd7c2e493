import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useShortcut } from "../app/useShortcut";
import { Button } from "../components/Button";
import { Menu } from "../components/Menu";
import { Toast } from "../components/Toast";
import { dotsOf, PanelFrame } from "./PanelFrame";
import styles from "./Panels.module.css";
import { KINDS, type Panel, type PanelKind, spansOf } from "./panels";
import { PANEL, usePanelDrag } from "./usePanelDrag";
import type { Arrangement } from "./usePanels";
import { useUndoKeys } from "./useUndoKeys";

interface Props {
  arrangement: Arrangement;
  /** Of the arrangement's panels those that have something to show here. */
  panels: readonly Panel[];
  /** A new panel begins with the settings of `from`, or with none, or shows what is logged under `key`. */
  prepare: (id: string, from: Panel | null, key?: string) => void;
  /** Asks for a key, and adds the panel that shows it. */
  byKey: (add: (kind: PanelKind, key: string) => void, close: () => void) => ReactNode;
  /** The card of a panel, whose content has this height. */
  children: (panel: Panel, height: number) => ReactNode;
}

/** Panels that people arrange, side by side where there is room. */
export function PanelGrid({ arrangement, panels, prepare, byKey, children }: Props) {
  const { change, newId, said, undo, redo, reset } = arrangement;
  const grid = useRef<HTMLDivElement>(null);
  const add = useRef<HTMLDivElement>(null);
  const next = useRef<string | null>(null);
  const [asksForKey, askForKey] = useState(false);
  useUndoKeys(arrangement);

  const titleOf = (id: string) => grid.current?.querySelector(`[${PANEL}="${id}"] h2`)?.textContent ?? "";
  // A drop on its own place moves nothing, and must not move the focus with whatever changes later.
  const move = (id: string, before: string | null) => {
    if (change({ do: "move", id, before }, `Moved ${titleOf(id)}`)) next.current = id;
  };
  const { drag, start } = usePanelDrag(grid, ({ id, before }) => move(id, before));
  const addPanel = (kind: PanelKind, from: Panel | null, key?: string) => {
    const id = newId(kind);
    prepare(id, from, key);
    next.current = id;
    const words =
      from === null ? `Added ${key ?? KINDS[kind].name.toLowerCase()}` : `Duplicated ${titleOf(from.id)}`;
    change({ do: "add", id, kind, after: from?.id ?? null }, words);
  };

  // Panels that change places take the focus away from what is in them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the panels
  useLayoutEffect(() => {
    if (next.current === null) return;
    const place = grid.current?.querySelector(`[${PANEL}="${next.current}"]`) ?? add.current;
    next.current = null;
    dotsOf(place)?.focus({ preventScroll: true });
    place?.scrollIntoView({ block: "nearest" });
  }, [panels]);

  const hide = (i: number) => {
    const panel = panels[i];
    if (panel === undefined) return;
    next.current = panels[i + 1]?.id ?? panels[i - 1]?.id ?? "";
    change({ do: "hide", id: panel.id }, `Hid ${titleOf(panel.id)}`);
  };
  const hideFocused = () => {
    const id = grid.current?.querySelector(`[${PANEL}]:focus-within`)?.getAttribute(PANEL);
    hide(panels.findIndex((panel) => panel.id === id));
  };
  useShortcut("x", hideFocused);
  useShortcut("a", () => add.current?.querySelector<HTMLElement>("[aria-haspopup=menu]")?.click());

  const spans = spansOf(panels);
  const mark = (id: string) => {
    if (drag === null || drag.id === id) return undefined;
    if (drag.before === id) return "before";
    return drag.before === null && id === panels.at(-1)?.id ? "after" : undefined;
  };
  return (
    <>
      <div ref={grid} className={styles.panels}>
        {panels.map((panel, i) => {
          const { id, kind } = panel;
          const [previous, following] = [panels[i - 1]?.id, panels[i + 1]?.id];
          return (
            <PanelFrame
              key={id}
              panel={panel}
              span={spans[i] ?? 12}
              mark={mark(id)}
              dragged={drag?.id === id}
              actions={{
                earlier: previous === undefined ? null : () => move(id, previous),
                later: following === undefined ? null : () => move(id, panels[i + 2]?.id ?? null),
                resize: (size) => change({ do: "resize", id, ...size }, `Resized ${titleOf(id)}`),
                duplicate: KINDS[kind].several ? () => addPanel(kind, panel) : null,
                hide: () => hide(i),
                drag: (event) => start(id, event),
              }}
            >
              {(height) => children(panel, height)}
            </PanelFrame>
          );
        })}
      </div>
      <div ref={add} className={styles.foot}>
        <Menu
          label="Add panel"
          name="Add panel"
          look="plain"
          items={() => [
            ...(Object.keys(KINDS) as PanelKind[])
              .filter(
                (kind) => KINDS[kind].several || arrangement.panels.every((panel) => panel.kind !== kind),
              )
              .map((kind) => ({ name: KINDS[kind].name, act: () => addPanel(kind, null) })),
            null,
            { name: "By key…", act: () => askForKey(true) },
          ]}
        />
        {asksForKey &&
          byKey(
            (kind, key) => addPanel(kind, null, key),
            () => askForKey(false),
          )}
        {reset !== null && (
          <Button look="ghost" onClick={reset.act}>
            {reset.name}
          </Button>
        )}
      </div>
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
