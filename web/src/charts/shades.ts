/** Which of a gradient's colours a place on an axis has. Places are from 0 to 1; NaN where there is none. */

/** Fewer values say nothing of what lies far out. */
const ENOUGH = 8;

/** Which stretch of the column the colours span: outliers do not make all others look alike. */
export function shadeEnds(places: Float32Array): [number, number] {
  const sorted = places.filter((place) => !Number.isNaN(place)).sort();
  if (sorted.length === 0) return [0, 1];
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  if (sorted.length < ENOUGH) return [at(0), at(1)];
  const fence = 3 * (at(0.75) - at(0.25));
  const low = Math.max(at(0), at(0.25) - fence);
  const high = Math.min(at(1), at(0.75) + fence);
  return low < high ? [low, high] : [at(0), at(1)];
}

/** A shade from 0 to `count` - 1 for each place; -1 without a place. `reversed`: the head of the column gets shade 0. */
export function shadesOf(places: Float32Array, count: number, reversed: boolean): Int8Array {
  const [low, high] = shadeEnds(places);
  return Int8Array.from(places, (place) => {
    if (Number.isNaN(place)) return -1;
    const share = high > low ? Math.min(1, Math.max(0, (place - low) / (high - low))) : 1;
    return Math.round((reversed && high > low ? 1 - share : share) * (count - 1));
  });
}

/** What the ends of the colours stand for, from the worse one to the better; "≤ 0.17" where values go on beyond. */
export function shadeWords(places: Float32Array, text: (place: number) => string, reversed: boolean) {
  const [low, high] = shadeEnds(places);
  const least = (places.some((place) => place < low) ? "≤ " : "") + text(low);
  const most = (places.some((place) => place > high) ? "≥ " : "") + text(high);
  return reversed ? { from: most, to: least } : { from: least, to: most };
}
