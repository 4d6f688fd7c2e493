/** Choices that come back on the next visit: one value per place and name, in the browser; below them those for everybody. */
import { useCallback, useMemo, useSyncExternalStore } from "react";

const PREFIX = "besom.kept";
const listeners = new Set<() => void>();
/** What was read, so that the same text gives the same object. */
const read = new Map<string, { text: string | null; value: unknown }>();

const keyOf = (place: string, name: string): string => `${PREFIX}/${place}/${name}`;

/** By place: what holds for whoever has not chosen otherwise. */
const common = new Map<string, Record<string, unknown>>();

/** Tells what the project has arranged for everybody. */
export function setCommon(place: string, values: Record<string, unknown>): void {
  if (common.get(place) === values) return;
  common.set(place, values);
  for (const listener of listeners) listener();
}

/** What the project has arranged for everybody; undefined until that is known. */
export const useCommon = (place: string): Record<string, unknown> | undefined =>
  useSyncExternalStore(subscribe, () => common.get(place));

/** A choice as it is kept now; undefined where there is none. Components have `useKept`. */
export const readKept = (place: string, name: string): unknown => {
  const own = readOwn(place, name);
  return own === undefined ? common.get(place)?.[name] : own;
};

function storedText(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** undefined where somebody has chosen nothing. */
function readOwn(place: string, name: string): unknown {
  const key = keyOf(place, name);
  let text: string | null = null;
  try {
    text = localStorage.getItem(key);
  } catch {
    // Without storage a choice lasts as long as the page: see keep().
    return read.get(key)?.value;
  }
  const known = read.get(key);
  if (known !== undefined && known.text === text) return known.value;
  let value: unknown;
  try {
    value = text === null ? undefined : JSON.parse(text);
  } catch {
    value = undefined;
  }
  read.set(key, { text, value });
  return value;
}

/** `undefined` forgets it: what is arranged for everybody holds again. `null` chooses what a page begins with. */
export function keep(place: string, name: string, value: unknown): void {
  const key = keyOf(place, name);
  read.delete(key);
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Above what a full storage still has of it.
    read.set(key, { text: storedText(key), value });
  }
  for (const listener of listeners) listener();
}

function storedKeys(): string[] {
  try {
    const stored = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i) ?? "");
    // What a full storage has not taken is chosen all the same.
    const others = [...read].filter(([, { text, value }]) => text === null && value !== undefined);
    return [...new Set([...stored, ...others.map(([key]) => key)])];
  } catch {
    return [...read.keys()];
  }
}

/** What somebody has chosen under a name, by place. */
export function keptEverywhere(name: string): ReadonlyMap<string, unknown> {
  const end = `/${name}`;
  const places = storedKeys()
    .filter((key) => key.startsWith(`${PREFIX}/`) && key.endsWith(end))
    .map((key) => key.slice(PREFIX.length + 1, -end.length));
  return new Map(places.map((place) => [place, readOwn(place, name)]));
}

function ownNames(place: string): string[] {
  const prefix = keyOf(place, "");
  return storedKeys()
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}

/** All choices of a place by their names, with those that are made for everybody. */
export function allKept(place: string): Record<string, unknown> {
  const own = ownNames(place).map((name) => [name, readOwn(place, name)]);
  return { ...common.get(place), ...Object.fromEntries(own) };
}

/** Forgets all choices of a place, so that those for everybody hold. */
export function dropOwn(place: string): void {
  for (const name of ownNames(place)) keep(place, name, undefined);
}

/** Makes these the only choices of a place. */
export function keepOnly(place: string, values: Record<string, unknown>): void {
  for (const name of Object.keys(allKept(place)))
    if (!(name in values)) keep(place, name, name in (common.get(place) ?? {}) ? null : undefined);
  for (const [name, value] of Object.entries(values)) keep(place, name, value);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

const isObjectOfTexts = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === "string");

/**
 * A kept value as its reader takes it: what does not have the shape of `initial` is replaced by it, in objects field by field.
 * Lists are lists of texts; where `initial` is null anything goes. Saved views come from others, storage from older versions.
 */
export function fitted(value: unknown, initial: unknown): unknown {
  if (initial === null || initial === undefined) return value;
  if (Array.isArray(initial))
    return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : initial;
  // A gradient is a name, or an object of two colours of one's own.
  if (typeof initial === "string" && isObjectOfTexts(value)) return value;
  if (typeof value !== typeof initial || value === null || Array.isArray(value)) return initial;
  if (typeof initial !== "object") return value;
  const given = value as Record<string, unknown>;
  const known = Object.entries(initial).map(([name, one]) => [
    name,
    Object.hasOwn(given, name) ? fitted(given[name], one) : one,
  ]);
  return { ...given, ...Object.fromEntries(known) };
}

/**
 * Like useState, kept; `undefined` forgets it. `initial` must keep its identity where it is an object. Other tabs of the
 * browser follow.
 */
export function useKept<T>(place: string, name: string, initial: T): [T, (value: T | undefined) => void] {
  const value = useSyncExternalStore(subscribe, () => readKept(place, name));
  const set = useCallback((next: T | undefined) => keep(place, name, next), [place, name]);
  const fit = useMemo(
    () => (value === undefined ? initial : (fitted(value, initial) as T)),
    [value, initial],
  );
  return [fit, set];
}

/** Whether a choice of the place names this field: a column of the table, an axis or the colours of a chart. */
export const useIsNamed = (place: string, field: string): boolean =>
  useSyncExternalStore(subscribe, () => isNamed(allKept(place), field));

/** The order of a table's columns is of all of them, shown or not. */
function isNamed({ columns, ...others }: Record<string, unknown>, field: string): boolean {
  const { shown } = (columns ?? {}) as { shown?: Record<string, boolean> };
  return shown?.[field] === true || JSON.stringify(others).includes(`"${field}"`);
}

/** Whether somebody has chosen otherwise than everybody. */
export const useIsOwn = (place: string, name: string): boolean =>
  useSyncExternalStore(subscribe, () => readOwn(place, name) !== undefined);

/** The same for anything of a place. */
export const useHasOwn = (place: string): boolean =>
  useSyncExternalStore(subscribe, () => ownNames(place).length > 0);
