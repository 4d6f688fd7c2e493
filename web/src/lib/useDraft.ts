/** What somebody is writing outlives a reload: it is kept in the tab until it is saved or dropped. */
import { useCallback, useRef, useState } from "react";

const PREFIX = "besom.draft/";

/** What is written: texts, and numbers that say what they were based on. */
export type Written = Readonly<Record<string, string | number>>;

interface Stored<T> {
  /** Unix time of the last change. */
  at: number;
  value: T;
}

export interface Draft<T extends Written> {
  value: T;
  set: (value: T) => void;
  /** When the draft that was found was last changed; null without one, or once the writer has gone on. */
  foundAt: number | null;
  /** Goes on with what was found. */
  keep: () => void;
  /** Forgets it: it was saved, or is not wanted. What is written becomes `saved` again. */
  drop: () => void;
}

const isSame = <T extends Written>(one: T, other: T): boolean =>
  Object.entries(one).every(([key, value]) => other[key] === value);

/** A draft that is not like `saved` in names and types is none, an older page has written it; nor is one that is the same. */
function read<T extends Written>(name: string, saved: T): Stored<T> | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as Stored<T> | null;
    if (stored === null || typeof stored.at !== "number") return null;
    const alike = Object.entries(saved).every(([key, one]) => typeof stored.value?.[key] === typeof one);
    return alike && !isSame(saved, stored.value) ? stored : null;
  } catch {
    return null;
  }
}

function write(name: string, value: Written | null): void {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now() / 1000, value }));
  } catch {
    // Without storage a draft lives as long as the page.
  }
}

/** Whether something was being written under this name when the page was left. */
export const hasDraft = (name: string): boolean => {
  try {
    return sessionStorage.getItem(PREFIX + name) !== null;
  } catch {
    return false;
  }
};

/** What was being written under this name is not wanted any more. */
export const dropDraft = (name: string): void => write(name, null);

/** `name`: of what is written, unique on the server. `saved`: where the writing begins. */
export function useDraft<T extends Written>(name: string, saved: T): Draft<T> {
  const [found] = useState(() => read(name, saved));
  const [value, setValue] = useState(found?.value ?? saved);
  const [foundAt, setFoundAt] = useState(found?.at ?? null);
  const current = useRef(saved);
  current.current = saved;
  const set = useCallback(
    (next: T) => {
      setValue(next);
      setFoundAt(null);
      // What was taken back needs no keeping.
      write(name, isSame(current.current, next) ? null : next);
    },
    [name],
  );
  const keep = useCallback(() => setFoundAt(null), []);
  const drop = () => {
    setValue(saved);
    setFoundAt(null);
    write(name, null);
  };
  return { value, set, foundAt, keep, drop };
}
