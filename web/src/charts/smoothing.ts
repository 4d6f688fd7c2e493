/** Smoother versions of a curve: the values at its own steps, gaps left where they were. */

export const SMOOTHINGS = ["none", "ema", "gaussian", "mean"] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];

type Values = readonly (number | null)[];

const isNumber = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/**
 * `amount`: of `ema` the weight of the past, 0 to 1; of the others how many logged values are looked at together.
 * `thinned`: how many logged values a point stands for, so that a curve looks the same however many points show it.
 */
export function smooth(
  values: Values,
  kind: Smoothing,
  amount: number,
  thinned: (at: number) => number = () => 1,
): Values {
  if (kind === "none") return values;
  if (kind === "ema") {
    const past = Math.min(0.9999, Math.max(0, amount));
    return movingAverage(values, (at) => past ** thinned(at));
  }
  const kernels = new Map<number, number[]>();
  return weighted(values, (at) => {
    const reach = amount / Math.max(1, thinned(at));
    const known = kernels.get(reach) ?? (kind === "gaussian" ? bell(reach / 2) : box(reach));
    kernels.set(reach, known);
    return known;
  });
}

/** Exponential moving average, divided by the weight that it has gathered, so that it does not begin at zero. */
function movingAverage(values: Values, weightAt: (at: number) => number): Values {
  let sum = 0;
  let gathered = 0;
  return values.map((value, at) => {
    if (!isNumber(value)) return value;
    const weight = weightAt(at);
    sum = sum * weight + value * (1 - weight);
    gathered = gathered * weight + (1 - weight);
    return sum / gathered;
  });
}

const LONGEST = 2_000;

/** Weights of a point's neighbours, of itself first. */
function bell(deviation: number): number[] {
  if (deviation <= 0) return [1];
  const reach = Math.min(LONGEST, Math.ceil(3 * deviation));
  return Array.from({ length: reach + 1 }, (_, i) => Math.exp(-((i / deviation) ** 2) / 2));
}

const box = (width: number): number[] =>
  Array.from({ length: 1 + Math.min(LONGEST, Math.floor(width / 2)) }, () => 1);

function weighted(values: Values, weightsAt: (at: number) => readonly number[]): Values {
  return values.map((value, at) => {
    if (!isNumber(value)) return value;
    const weights = weightsAt(at);
    let sum = 0;
    let gathered = 0;
    for (let i = 1 - weights.length; i < weights.length; i++) {
      const near = values[at + i];
      if (!isNumber(near)) continue;
      const weight = weights[Math.abs(i)] as number;
      sum += weight * near;
      gathered += weight;
    }
    return sum / gathered;
  });
}
