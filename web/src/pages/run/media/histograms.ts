import type { HistogramValue } from "./mediaValues";

/** Counts of a histogram spread over `rows` bins of equal width from `low` to `high`, by how far the bins overlap. */
export function rebinned(
  { values, bins }: HistogramValue,
  low: number,
  high: number,
  rows: number,
): number[] {
  const counts = new Array<number>(rows).fill(0);
  const height = (high - low) / rows || 1;
  for (const [i, count] of values.entries()) {
    const [from, to] = [bins[i] as number, bins[i + 1] as number];
    const width = to - from || 1;
    const first = Math.max(0, Math.floor((from - low) / height));
    const last = Math.min(rows - 1, Math.floor((to - low) / height));
    for (let row = first; row <= last; row++) {
      const overlap = Math.min(to, low + (row + 1) * height) - Math.max(from, low + row * height);
      if (overlap > 0) counts[row] = (counts[row] as number) + (count * overlap) / width;
    }
  }
  return counts;
}

/** Smallest and largest edge. */
export function edges(histograms: readonly HistogramValue[]): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { bins } of histograms) {
    low = Math.min(low, bins[0] as number);
    high = Math.max(high, bins.at(-1) as number);
  }
  return [low, high];
}
