/** Times as machines read them. Programs may tell any number; only the years 0 to 9999 are dates. Pure. */

/** ISO 8601 in UTC; undefined where it is no date. */
export function iso(time: number): string | undefined {
  const date = new Date(time * 1000);
  const year = date.getUTCFullYear(); // NaN where no calendar goes so far
  return year >= 0 && year <= 9999 ? date.toISOString() : undefined;
}

/** As an input of date and time takes it: local, so many characters long; empty where it is no date. */
export const localIso = (time: number, length: 16 | 19): string =>
  iso(time - new Date(time * 1000).getTimezoneOffset() * 60)?.slice(0, length) ?? "";
