/** What was before and after, for undoing and doing again. Pure. */

/** What went before, the latest last; what was undone, the latest last. */
export interface Steps<T> {
  past: readonly T[];
  future: readonly T[];
}

export const NO_STEPS: Steps<never> = { past: [], future: [] };

const MOST = 100;

/** After a change away from `now`. */
export const stepped = <T>({ past }: Steps<T>, now: T): Steps<T> => ({
  past: [...past, now].slice(-MOST),
  future: [],
});

/** What `now` was made from, and the steps from there; null where nothing is to be undone. */
export function undone<T>({ past, future }: Steps<T>, now: T): { value: T; steps: Steps<T> } | null {
  if (past.length === 0) return null;
  return { value: past.at(-1) as T, steps: { past: past.slice(0, -1), future: [...future, now] } };
}

/** The other way round. */
export function redone<T>({ past, future }: Steps<T>, now: T): { value: T; steps: Steps<T> } | null {
  const back = undone({ past: future, future: past }, now);
  return back && { value: back.value, steps: { past: back.steps.future, future: back.steps.past } };
}
