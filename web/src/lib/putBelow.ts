const GAP = 6;
const EDGE = 12;

/** Places a panel of fixed position below what it belongs to, their right edges in line, inside the window. */
export function putBelow(anchor: HTMLElement, panel: HTMLElement, wanted: number): void {
  const { right, bottom } = anchor.getBoundingClientRect();
  const width = Math.min(wanted, document.documentElement.clientWidth - 2 * EDGE);
  panel.style.width = `${width}px`;
  panel.style.top = `${bottom + GAP}px`;
  panel.style.left = `${Math.max(EDGE, right - width)}px`;
  panel.style.maxHeight = `${Math.max(160, document.documentElement.clientHeight - bottom - GAP - EDGE)}px`;
}
