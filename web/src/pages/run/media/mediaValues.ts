/** Media as they stand in history and summary: dicts with a `_type`, whose bytes are files of the run. */

export interface FileValue {
  _type: string;
  path: string;
  size?: number;
  format?: string;
  caption?: string;
  width?: number;
  height?: number;
  boxes?: unknown;
  masks?: unknown;
  /** Columns of a table. */
  ncols?: number;
}

export interface HistogramValue {
  _type: "histogram";
  values: number[];
  bins: number[];
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether it is a single medium, or several that were logged as one. */
function isMedia(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isMedia);
  return isRecord(value) && typeof value._type === "string";
}

export const isFile = (value: unknown): value is FileValue =>
  isRecord(value) && typeof value._type === "string" && typeof value.path === "string";

export const isHistogram = (value: unknown): value is HistogramValue =>
  isRecord(value) &&
  value._type === "histogram" &&
  Array.isArray(value.values) &&
  Array.isArray(value.bins) &&
  value.bins.length === value.values.length + 1;

/** Whether media stand in it, at whatever depth. */
export const holdsMedia = (value: unknown): boolean =>
  isMedia(value) || (isRecord(value) && Object.values(value).some(holdsMedia));

export const isTable = (value: unknown): value is FileValue => isFile(value) && value._type === "table-file";

export interface Place {
  /** A key, and the keys inside its value. */
  place: string[];
  value: unknown;
}

/** Where media stand in a summary, sorted. */
export function mediaPlaces(summary: Record<string, unknown>): Place[] {
  const places: Place[] = [];
  const look = (value: unknown, place: string[]) => {
    if (isMedia(value)) places.push({ place, value });
    else if (isRecord(value)) for (const [key, inner] of Object.entries(value)) look(inner, [...place, key]);
  };
  look(summary, []);
  return places.sort((a, b) => (a.place.join(".") < b.place.join(".") ? -1 : 1));
}

export interface Logged {
  step: number;
  value: unknown;
}

/** What was logged at a place, by step; of one step the last. */
export function loggedAt(rows: readonly Record<string, unknown>[], place: readonly string[]): Logged[] {
  const bySteps = new Map<number, unknown>();
  for (const row of rows) {
    const value = place.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), row);
    if (isMedia(value)) bySteps.set(row._step as number, value);
  }
  return [...bySteps].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step);
}

/** The single media of a value: of a list of images each of them. */
export function single(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(single);
  if (isRecord(value) && value._type === "images" && Array.isArray(value.items)) return value.items;
  return [value];
}

/** A GIF is kept as a video, and shown as the image that it is. */
export const isImage = (value: FileValue): boolean =>
  value._type === "image-file" || (value._type === "video-file" && value.format === "gif");
