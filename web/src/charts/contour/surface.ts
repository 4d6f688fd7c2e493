/** A surface through scattered values: what the runs near a place had on average, and how many were near. Pure. */

export interface Surface {
  columns: number;
  rows: number;
  /** Row by row from the foot, each from the left; NaN where no run is near. */
  values: Float32Array;
  /** How many runs stand behind each value, about. */
  support: Float32Array;
}

/** Runs that a place must have near it before anything is said of it. */
const LEAST_SUPPORT = 0.6;

/**
 * Nadaraya-Watson regression with a Gaussian kernel, on a grid of bins: sums and counts are blurred, then divided.
 * `xs` and `ys` from 0 to 1; what is not finite is passed over. `bandwidth`: of the kernel, in the same units.
 */
export function surfaceOf(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  values: ArrayLike<number>,
  bandwidth: number,
  columns = 96,
  rows = 64,
): Surface {
  const sums = new Float32Array(columns * rows);
  const counts = new Float32Array(columns * rows);
  for (let i = 0; i < values.length; i++) {
    const [x, y, value] = [xs[i] as number, ys[i] as number, values[i] as number];
    if (!Number.isFinite(value) || !(x >= 0 && x <= 1 && y >= 0 && y <= 1)) continue;
    const bin = Math.round(y * (rows - 1)) * columns + Math.round(x * (columns - 1));
    (sums[bin] as number) += value;
    (counts[bin] as number) += 1;
  }
  const [across, up] = [kernel(bandwidth * columns), kernel(bandwidth * rows)];
  const blurred = [sums, counts].map((bins) => blur(bins, columns, rows, across, up)) as [
    Float32Array,
    Float32Array,
  ];
  const result = blurred[0].map((sum, i) => {
    const support = blurred[1][i] as number;
    return support >= LEAST_SUPPORT ? sum / support : Number.NaN;
  });
  return { columns, rows, values: result, support: blurred[1] };
}

/** The wider apart few runs are, the wider the kernel: Scott's rule in two dimensions. */
export const bandwidthFor = (runs: number): number => Math.max(0.035, 0.3 * runs ** (-1 / 6) * 0.7);

/** 1 in the middle, so that a run counts once at its own place. */
function kernel(width: number): Float32Array {
  const reach = Math.ceil(3 * width);
  return Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / width) ** 2));
}

function blur(
  bins: Float32Array,
  columns: number,
  rows: number,
  across: Float32Array,
  up: Float32Array,
): Float32Array {
  const pass = (
    source: Float32Array,
    weights: Float32Array,
    length: number,
    step: number,
    lines: number[],
  ) => {
    const target = new Float32Array(source.length);
    const reach = (weights.length - 1) / 2;
    for (const start of lines)
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = Math.max(0, i - reach); k <= Math.min(length - 1, i + reach); k++)
          sum += (source[start + k * step] as number) * (weights[k - i + reach] as number);
        target[start + i * step] = sum;
      }
    return target;
  };
  const rowStarts = Array.from({ length: rows }, (_, row) => row * columns);
  const columnStarts = Array.from({ length: columns }, (_, column) => column);
  return pass(pass(bins, across, columns, 1, rowStarts), up, rows, columns, columnStarts);
}

/** The value at (x, y) from 0 to 1, between the places of the grid; NaN where one of them has none. */
export function valueAt({ columns, rows, values }: Surface, x: number, y: number): number {
  const [column, row] = [x * (columns - 1), y * (rows - 1)];
  const [left, low] = [Math.min(columns - 2, Math.floor(column)), Math.min(rows - 2, Math.floor(row))];
  const [h, v] = [column - left, row - low];
  const bin = low * columns + left;
  const foot = (values[bin] as number) * (1 - h) + (values[bin + 1] as number) * h;
  const head = (values[bin + columns] as number) * (1 - h) + (values[bin + columns + 1] as number) * h;
  return foot * (1 - v) + head * v;
}

/** The least and the largest average of a surface. */
export function levelEnds({ values }: Surface): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
