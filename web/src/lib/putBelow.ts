const GAP = 6;
const EDGE = 12;

/**
 * Places a panel of fixed position below what it belongs to, their edges of one side in line, inside the window. It is
 * at least `least` high where the window is: above, where there is room for that and none below, else further up than
 * below.
 */
export function putBelow(
  anchor: HTMLElement,
  panel: HTMLElement,
  wanted: number,
  least: number,
  side: "left" | "right" = "right",
): void {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const width = Math.min(wanted, clientWidth - 2 * EDGE);
  const [above, below] = [top - GAP - EDGE, clientHeight - EDGE - bottom - GAP];
  panel.style.width = `${width}px`;
  if (below < least && above >= least) {
    panel.style.top = "";
    panel.style.bottom = `${clientHeight - top + GAP}px`;
    panel.style.maxHeight = `${above}px`;
  } else {
    const height = Math.min(clientHeight - 2 * EDGE, Math.max(below, least));
    panel.style.top = `${clientHeight - EDGE - height}px`;
    panel.style.bottom = "";
    panel.style.maxHeight = `${height}px`;
  }
  // Where there is no room at the left of the one edge, the other is in line.
  const toLeft = side === "right" && right - width >= EDGE;
  const start = toLeft ? right - width : Math.min(left, clientWidth - EDGE - width);
  panel.style.left = `${Math.max(EDGE, start)}px`;
}
