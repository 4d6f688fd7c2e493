import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type Box, dropPlace, sectionBoxes } from "./dropPlace";
import { PANEL } from "./panels";
import { SECTION } from "./places";

/** From here on panels stand side by side, and titles can be dragged. */
export const WIDE = "(min-width: 961px)";
/** Pixels that a hand may tremble. */
const STILL = 6;
/** Near the edge of the window the page scrolls, so many pixels a frame. */
const EDGE = 72;
const SPEED = 14;

export interface Drag {
  id: string;
  /** The panel or section whose place it would take; null: it would come last. */
  before: string | null;
}

type Start = (
  id: string,
  event: { button: number; pointerType: string; clientX: number; clientY: number },
) => void;

/** Panels and sections of `grid` that are dragged by hand. `drop` is told where one was let go; Escape ends it without. */
export function usePanelDrag(
  grid: RefObject<HTMLElement | null>,
  drop: (drag: Drag) => void,
): { drag: Drag | null; start: Start } {
  const [drag, setDrag] = useState<Drag | null>(null);
  const latest = useRef(drop);
  latest.current = drop;
  const listening = useRef<AbortController>(null);
  useEffect(() => () => listening.current?.abort(), []);
  const start = useCallback<Start>(
    (id, { button, pointerType, clientX, clientY }) => {
      if (button !== 0 || pointerType === "touch" || !window.matchMedia(WIDE).matches) return;
      listening.current?.abort();
      const controller = new AbortController();
      listening.current = controller;
      const on = { signal: controller.signal };
      let found: Drag | null = null;
      let hand = { x: clientX, y: clientY };
      let scroll = 0;
      const look = () => {
        if (grid.current === null) return;
        const boxes = boxesOf(grid.current);
        const isSection = boxes.some((box) => box.id === id && box.head);
        const others = isSection ? sectionBoxes(boxes, grid.current.getBoundingClientRect().bottom) : boxes;
        const before = dropPlace(others, grid.current.clientWidth, hand.x, hand.y);
        found = { id, before };
        setDrag((now) => (now?.before === before ? now : { id, before }));
      };
      const end = () => {
        controller.abort();
        setDrag(null);
      };
      const roll = () => {
        if (controller.signal.aborted) return;
        if (scroll !== 0) {
          window.scrollBy(0, scroll);
          look(); // other panels are under the hand now, though it was still
        }
        requestAnimationFrame(roll);
      };
      window.addEventListener(
        "pointermove",
        ({ clientX: x, clientY: y }) => {
          if (found === null && Math.hypot(x - clientX, y - clientY) < STILL) return;
          if (found === null) requestAnimationFrame(roll);
          scroll = y < EDGE ? -SPEED : y > window.innerHeight - EDGE ? SPEED : 0;
          hand = { x, y };
          look();
        },
        on,
      );
      window.addEventListener(
        "pointerup",
        () => {
          end();
          if (found === null) return;
          swallowClick();
          latest.current(found);
        },
        on,
      );
      window.addEventListener("pointercancel", end, on);
      window.addEventListener(
        "keydown",
        ({ key }) => {
          if (key !== "Escape") return;
          end();
          // Let go later, the button is no click on what is below it.
          if (found !== null) window.addEventListener("pointerup", swallowClick, { once: true });
        },
        on,
      );
    },
    [grid],
  );
  return { drag, start };
}

const boxesOf = (grid: HTMLElement): Box[] =>
  [...grid.querySelectorAll(`[${PANEL}]`)].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const id = element.getAttribute(PANEL) ?? "";
    return { id, left, top, width, height, head: element.hasAttribute(SECTION) };
  });

/** Who lets go of a name where it was taken hold of has not pressed it. */
function swallowClick(): void {
  const swallow = (event: Event) => event.stopPropagation();
  window.addEventListener("click", swallow, true);
  setTimeout(() => window.removeEventListener("click", swallow, true));
}
