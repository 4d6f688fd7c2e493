/** Where a panel comes to stand that is let go over others. Pure. */

export interface Box {
  id: string;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Of a section: what is let go over it comes into the section. */
  head?: boolean;
}

/** Id of the panel whose place it takes, of those in reading order; null: it comes last. `full`: the width of a whole row. */
export function dropPlace(boxes: readonly Box[], full: number, x: number, y: number): string | null {
  const after = boxes.find(({ left, top, width, height, head = false }) => {
    if (y < top) return true;
    if (y > top + height || head) return false;
    // What fills its row has something above and below it, not beside it.
    return width > full * 0.8 ? y < top + height / 2 : x < left + width / 2;
  });
  return after?.id ?? null;
}

/** Whole sections, each from its head to the next one, the last to the `bottom`. */
export function sectionBoxes(boxes: readonly Box[], bottom: number): Box[] {
  const heads = boxes.filter(({ head }) => head);
  return heads.map((one, i) => ({
    ...one,
    height: (heads[i + 1]?.top ?? bottom) - one.top,
    head: false,
  }));
}
