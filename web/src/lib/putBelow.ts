const GAP = 6;
const EDGE = 12;
/**
 * Places a panel of fixed position below what it belongs to, or above it where only there is room: their edges of one
 * side in line, inside the window. Above it grows upwards, and does not get lower than it is now: a field at its head
 * stays where it is while what is found gets less. It lies over what it belongs to rather than be lower than it is by
 * itself and than `least`. A popover can be placed before it is shown.
 */
export function putBelow(
  anchor: HTMLElement,
  panel: HTMLElement,
  wanted: number,
  side: "left" | "right" = "right",
  least = 200,
): void {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const { style } = panel;
  const width = Math.min(wanted, clientWidth - 2 * EDGE);
  style.width = `${width}px`;
  // Where there is no room at the left of the one edge, the other is in line.
  const toLeft = side === "right" && right - width >= EDGE;
  const start = toLeft ? right - width : Math.min(left, clientWidth - EDGE - width);
  style.left = `${Math.max(EDGE, start)}px`;

  const height = ownHeight(panel);
  const enough = Math.min(height, least);
  const above = top - GAP - EDGE;
  const below = clientHeight - EDGE - GAP - bottom;
  if (height > below && above > below && above >= enough) {
    style.top = "auto";
    // Not from the foot of the window, which moves on telephones.
    style.bottom = `calc(100% - ${top - GAP}px)`;
    style.minHeight = `${Math.min(height, above)}px`;
    style.maxHeight = `${above}px`;
  } else {
    const from = Math.max(EDGE, Math.min(bottom + GAP, clientHeight - EDGE - enough));
    style.top = `${from}px`;
    style.bottom = "auto";
    style.maxHeight = `${clientHeight - EDGE - from}px`;
  }
}

/** How high a panel of its width is by itself, in pixels. */
function ownHeight(panel: HTMLElement): number {
  const { style } = panel;
  style.minHeight = "";
  style.maxHeight = ""; // only what its style sheet says
  style.display = "block"; // a closed popover has no height
  const height = panel.offsetHeight;
  style.display = "";
  return height;
}
