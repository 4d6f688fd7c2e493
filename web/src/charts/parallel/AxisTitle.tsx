import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { LongName } from "../../components/LongName";
import { Popover } from "../../components/Popover";
import styles from "./Parallel.module.css";

const STILL = 4;

interface Props {
  title: string;
  left: number;
  /** Room for the title, in pixels. */
  width: number;
  /** Whether the Tab key stops here: one of all titles does, arrows reach the others. */
  stop: boolean;
  onFocus: () => void;
  /** Arrows: to the axis beside; with Shift this axis goes there itself. Down and up: to the ends of its range. */
  onArrow: (key: string, shift: boolean) => void;
  /** Where the axis is let go, in pixels from the left. */
  onDrop: (left: number) => void;
  children: ReactNode;
}

const keepInside = (event: PointerEvent) => event.stopPropagation();

/** The name of an axis: a button for its menu, and what the axis is dragged by. */
export function AxisTitle({ title, left, width, stop, onFocus, onArrow, onDrop, children }: Props) {
  const from = useRef<number | null>(null);
  const dragged = useRef(false);
  const [shift, setShift] = useState(0);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button === 0 && event.pointerType !== "touch") from.current = event.clientX;
    dragged.current = false;
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (from.current === null) return;
    const far = event.clientX - from.current;
    if (!dragged.current && Math.abs(far) < STILL) return;
    if (!dragged.current) event.currentTarget.setPointerCapture(event.pointerId);
    dragged.current = true;
    setShift(far);
  };
  const onPointerUp = () => {
    if (dragged.current) onDrop(left + shift);
    from.current = null;
    setShift(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLButtonElement) || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    onArrow(event.key, event.shiftKey);
  };
  return (
    <div
      className={styles.title}
      style={{ left: left + shift, width }}
      data-dragged={shift !== 0}
      // What happens in the menu is nothing that happens to the lines below it.
      onPointerDown={keepInside}
      onPointerMove={keepInside}
      onPointerUp={keepInside}
      // The menu does not open where a drag ends.
      onClickCapture={(event) => {
        if (!dragged.current) return;
        dragged.current = false;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Popover
        name={
          <span className={styles.name}>
            <LongName name={title} />
          </span>
        }
        label={`Axis ${title}`}
        look="ghost"
        title={`Axis of ${title}`}
        button={{
          tabIndex: stop ? 0 : -1,
          title,
          onFocus,
          onKeyDown,
          onPointerDown,
          onPointerMove,
          onPointerUp,
          onPointerCancel: onPointerUp,
        }}
      >
        {children}
      </Popover>
    </div>
  );
}
