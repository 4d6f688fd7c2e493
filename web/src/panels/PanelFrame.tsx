import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import { FullScreen } from "../components/FullScreen";
import { Menu, type MenuItem } from "../components/Menu";
import { DotsIcon } from "../components/signs";
import styles from "./Panels.module.css";
import { HEIGHTS, type HeightName, heightNamed, heightOf, type Panel, type Width } from "./panels";
import { PANEL, WIDE } from "./usePanelDrag";

export interface PanelActions {
  /** null where it cannot be moved further. */
  earlier: (() => void) | null;
  later: (() => void) | null;
  resize: (size: { width?: Width; height?: number }) => void;
  /** null where a second one would show the same. */
  duplicate: (() => void) | null;
  hide: () => void;
  drag: (event: PointerEvent) => void;
}

interface Props {
  panel: Panel;
  /** Of twelve columns. */
  span: number;
  /** Another one is held over it, and would take the place before or after it. */
  mark: "before" | "after" | undefined;
  dragged: boolean;
  actions: PanelActions;
  /** The card, whose content has this height; 0 where it follows from the content. */
  children: (height: number) => ReactNode;
}

/** A panel in its place, with a menu of what can be done with it there. */
export function PanelFrame({ panel, span, mark, dragged, actions, children }: Props) {
  const height = heightOf(panel);
  return (
    <div
      className={styles.panel}
      style={{ "--span": span } as React.CSSProperties}
      data-mark={mark}
      data-dragged={dragged || undefined}
      {...{ [PANEL]: panel.id }}
    >
      <FullScreen
        name={panel.id}
        height={height ?? 0}
        drag={actions.drag}
        tools={(title, enlarge) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the button inside
          <span onKeyDown={(event) => onArrow(event, actions)}>
            <Menu
              label={`Actions of ${title}`}
              name={<DotsIcon />}
              items={() => itemsOf(panel, span, enlarge, actions)}
            />
          </span>
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
  { earlier, later, resize, duplicate, hide }: PanelActions,
): (MenuItem | null)[] {
  const height = heightOf(panel);
  const heights = height === null ? [] : (Object.keys(HEIGHTS) as HeightName[]);
  const items: (MenuItem | null | false)[] = [
    { name: "Full screen", act: enlarge },
    null,
    earlier !== null && { name: "Move earlier", act: earlier, note: "Shift ←" },
    later !== null && { name: "Move later", act: later, note: "Shift →" },
    window.matchMedia(WIDE).matches &&
      (span === 12
        ? { name: "Half width", act: () => resize({ width: "half" }) }
        : { name: "Full width", act: () => resize({ width: "full" }) }),
    ...heights.map((name) => {
      const wanted = heightNamed(panel.kind, name);
      const act = () => resize({ height: wanted });
      return { name: `Height: ${name}`, act, ...(wanted === height ? { note: "now" } : {}) };
    }),
    null,
    duplicate !== null && { name: "Duplicate", act: duplicate },
    { name: "Hide", act: hide },
  ];
  return items.filter((item) => item !== false);
}

/** Left and right go to the dots of the panel beside; with Shift the arrow keys move the panel itself, as they move axes. */
function onArrow(event: KeyboardEvent, { earlier, later }: PanelActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.key.startsWith("Arrow")) return;
  const back = event.key === "ArrowLeft" || event.key === "ArrowUp";
  if (event.shiftKey) (back ? earlier : later)?.();
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const at = event.currentTarget.closest(`[${PANEL}]`);
    dotsOf(back ? at?.previousElementSibling : at?.nextElementSibling)?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The button of a panel's menu, at which keys begin. */
export const dotsOf = (panel: Element | null | undefined): HTMLElement | null | undefined =>
  panel?.querySelector<HTMLElement>("[aria-haspopup=menu]");

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
