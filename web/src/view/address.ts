/** What a reader has chosen of the runs, as words of the address: short where little is chosen, nothing where nothing is. */
import { type Brush, type Filter, NO_FILTER, OPERATORS, type Range } from "./conditions";

type Written = ["and" | "or", ...[string, string, unknown][]];

export const formatFilter = ({ join, conditions }: Filter): string =>
  conditions.length === 0
    ? ""
    : JSON.stringify([join, ...conditions.map(({ field, operator, value }) => [field, operator, value])]);

/** A text that is no filter chooses nothing. */
export function parseFilter(text: string | null): Filter {
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) return NO_FILTER;
  const [join, ...rest] = parsed as Written;
  const conditions = rest.flatMap((one) => {
    const operator = OPERATORS.find((known) => Array.isArray(one) && known === one[1]);
    return operator === undefined ? [] : [{ field: String(one[0]), operator, value: one[2] }];
  });
  return { join: join === "or" ? "or" : "and", conditions };
}

export const formatBrush = (brush: Brush): string =>
  brush.size === 0
    ? ""
    : JSON.stringify(
        // An open end becomes null: JSON has no infinity.
        [...brush].map(([id, range]) => ("among" in range ? [id, range.among] : [id, range.from, range.to])),
      );

export function parseBrush(text: string | null): Brush {
  const parsed = parseJson(text);
  const brush = new Map<string, Range>();
  for (const one of Array.isArray(parsed) ? parsed : []) {
    if (!Array.isArray(one)) continue;
    const [id, from, to] = one as unknown[];
    if (Array.isArray(from)) brush.set(String(id), { among: from.map(String) });
    else if (isEnd(from) && isEnd(to))
      brush.set(String(id), { from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY });
  }
  return brush;
}

const isEnd = (value: unknown): value is number | null => value === null || typeof value === "number";

/** Ids of the fields that an address speaks of: by order, groups, conditions and ranges. */
export const fieldsNamed = (address: URLSearchParams): string[] => [
  address.get("sort")?.slice(1) ?? "",
  ...address.getAll("group"),
  ...parseFilter(address.get("filter")).conditions.map(({ field }) => field),
  ...parseBrush(address.get("brush")).keys(),
];

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
