const GAP = 6;
const EDGE = 12;

/**
 * Places a panel of fixed position below what it belongs to, their edges of one side in line, inside the window. It is
 * at least `least` high where the window is: further up than below, if need be.
 */
export function putBelow(
  anchor: HTMLElement,
  panel: HTMLElement,
  wanted: number,
  least: number,
  side: "left" | "right" = "right",
): void {
  const { left, right, bottom } = anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const width = Math.min(wanted, clientWidth - 2 * EDGE);
  const top = Math.max(EDGE, Math.min(bottom + GAP, clientHeight - EDGE - least));
  panel.style.width = `${width}px`;
  panel.style.top = `${top}px`;
  // Where there is no room at the left of the one edge, the other is in line.
  const toLeft = side === "right" && right - width >= EDGE;
  const start = toLeft ? right - width : Math.min(left, clientWidth - EDGE - width);
  panel.style.left = `${Math.max(EDGE, start)}px`;
  panel.style.maxHeight = `${clientHeight - EDGE - top}px`;
}
