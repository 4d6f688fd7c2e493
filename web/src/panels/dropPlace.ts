/** Where a panel comes to stand that is let go over others. Pure. */

export interface Box {
  id: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Id of the panel whose place it takes, of those in reading order; null: it comes last. `full`: the width of a whole row. */
export function dropPlace(boxes: readonly Box[], full: number, x: number, y: number): string | null {
  const after = boxes.find(({ left, top, width, height }) => {
    if (y < top) return true;
    if (y > top + height) return false;
    // What fills its row has something above and below it, not beside it.
    return width > full * 0.8 ? y < top + height / 2 : x < left + width / 2;
  });
  return after?.id ?? null;
}
