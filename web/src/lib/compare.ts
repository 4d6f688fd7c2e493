import { toNumber } from "./format";

/** Order of any two values of a column: numbers by size, before text by alphabet with numbers in it by size. */
export function compareValues(a: unknown, b: unknown): number {
  const x = toNumber(a);
  const y = toNumber(b);
  if (x !== null && y !== null) {
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x - y;
  }
  if (x !== null || y !== null) return x !== null ? -1 : 1;
  return collator.compare(asText(a), asText(b));
}

const collator = new Intl.Collator("en", { numeric: true });

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
