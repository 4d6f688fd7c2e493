import { type ComponentProps, useEffect, useRef } from "react";
import { putBelow } from "../lib/putBelow";

interface Props extends ComponentProps<"div"> {
  /** What it belongs to, and stands beside. */
  anchor: HTMLElement | null;
  width: number;
  /** Which edges of anchor and panel are in line. */
  side?: "left" | "right";
  onClose: () => void;
}

/** A panel that is open for as long as it is in the document, all of it in sight. Escape and a click elsewhere close it. */
export function Floating({ anchor, width, side, onClose, ...panel }: Props) {
  const shown = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens once, where its anchor is then
  useEffect(() => {
    if (shown.current === null || anchor === null) return;
    shown.current.showPopover();
    putBelow(anchor, shown.current, width, side, Number.POSITIVE_INFINITY);
    shown.current.querySelector<HTMLElement>("button, input, select")?.focus();
  }, []);
  return (
    <div
      {...panel}
      ref={shown}
      popover="auto"
      onToggle={(event) => {
        if (event.target !== event.currentTarget || event.newState !== "closed") return;
        // What had the focus may be gone by now; the browser gives it back only if it is still there.
        if (document.activeElement === document.body) anchor?.focus({ preventScroll: true });
        onClose();
      }}
    />
  );
}
