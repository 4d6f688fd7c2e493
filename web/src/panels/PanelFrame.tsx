import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import { FullScreen } from "../components/FullScreen";
import type { MenuEntry, MenuItem } from "../components/Menu";
import { GROUP } from "../components/screen";
import { Dots } from "./Dots";
import styles from "./Panels.module.css";
import {
  HEIGHTS,
  type HeightName,
  heightNamed,
  heightOf,
  isDrawn,
  PANEL,
  type Panel,
  type Width,
} from "./panels";
import type { Moves } from "./places";
import type { Mark } from "./sections";
import { WIDE } from "./usePanelDrag";

export interface PanelActions extends Moves {
  /** Into another section, by its name. */
  elsewhere: readonly MenuItem[];
  resize: (size: { width?: Width; height?: number }) => void;
  /** null where a second one would show the same. */
  duplicate: (() => void) | null;
  hide: () => void;
  drag: ((event: PointerEvent) => void) | undefined;
}

interface Props {
  panel: Panel;
  /** In which it is. */
  section: string | undefined;
  /** Of twelve columns. */
  span: number;
  /** Another one is held over it, and would take the place before or after it. */
  mark: Mark["how"] | undefined;
  dragged: boolean;
  actions: PanelActions;
  /** The card, whose content has this height; 0 where it follows from the content. */
  children: (height: number) => ReactNode;
}

/** A panel in its place, with a menu of what can be done with it there. */
export function PanelFrame({ panel, section, span, mark, dragged, actions, children }: Props) {
  const height = heightOf(panel);
  const place = useRef<HTMLDivElement>(null);
  const savePicture = async (title: string) => {
    const card = place.current?.querySelector("section");
    if (card == null) return;
    const { saveCardPicture } = await import("../lib/cardPicture");
    await saveCardPicture(card, title);
  };
  return (
    <div
      ref={place}
      className={styles.panel}
      style={{ "--span": span } as React.CSSProperties}
      data-mark={mark}
      data-dragged={dragged || undefined}
      {...{ [PANEL]: panel.id, [GROUP]: section }}
    >
      <FullScreen
        name={panel.id}
        height={height ?? 0}
        level={section === undefined ? 2 : 3}
        drag={actions.drag}
        tools={(title, enlarge) => (
          <Dots
            title={title}
            moves={actions}
            items={() => itemsOf(panel, span, enlarge, () => void savePicture(title), actions)}
          />
        )}
      >
        {children}
      </FullScreen>
      {height !== null && <LowerEdge height={height} resize={(height) => actions.resize({ height })} />}
    </div>
  );
}

function itemsOf(
  panel: Panel,
  span: number,
  enlarge: () => void,
  picture: () => void,
  { earlier, later, elsewhere, resize, duplicate, hide }: PanelActions,
): MenuEntry[] {
  const height = heightOf(panel);
  const heights = height === null ? [] : (Object.keys(HEIGHTS) as HeightName[]);
  const items: (MenuEntry | false)[] = [
    { name: "Full screen", act: enlarge },
    isDrawn(panel) && { name: "Picture (PNG)", act: picture },
    null,
    earlier !== null && { name: "Move earlier", act: earlier, keys: "Shift ←" },
    later !== null && { name: "Move later", act: later, keys: "Shift →" },
    window.matchMedia(WIDE).matches &&
      (span === 12
        ? { name: "Half width", act: () => resize({ width: "half" }) }
        : { name: "Full width", act: () => resize({ width: "full" }) }),
    ...heights.map((name) => {
      const wanted = heightNamed(panel.kind, name);
      const act = () => resize({ height: wanted });
      return { name: `Height: ${name}`, act, ...(wanted === height ? { note: "now" } : {}) };
    }),
    elsewhere.length > 0 && null,
    elsewhere.length > 0 && { name: "Move to", items: elsewhere },
    null,
    duplicate !== null && { name: "Duplicate", act: duplicate },
    { name: "Hide", act: hide },
  ];
  return items.filter((item) => item !== false);
}

/** Dragged, it makes the panel taller or lower; a line shows how much until it is let go. */
function LowerEdge({ height, resize }: { height: number; resize: (height: number) => void }) {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const shift = drag === null ? 0 : drag.to - drag.from;
  return (
    <div
      className={styles.edge}
      style={{ transform: `translateY(${shift}px)` }}
      data-dragged={drag !== null || undefined}
      onPointerDown={({ button, currentTarget, pointerId, clientY }) => {
        if (button !== 0) return;
        currentTarget.setPointerCapture(pointerId);
        setDrag({ from: clientY, to: clientY });
      }}
      onPointerMove={({ clientY }) => setDrag((now) => now && { ...now, to: clientY })}
      onPointerUp={() => {
        if (shift !== 0) resize(height + shift);
        setDrag(null);
      }}
      onPointerCancel={() => setDrag(null)}
    />
  );
}
