/** Which card fills the screen: one at most, the one that the address names, so that it can be shared and the back button leaves it. */

const PARAM = "panel";
/** The attribute of a card's place, which holds its name. */
export const MARK = "data-full-screen";
/** The attribute of what is around cards that are gone through by themselves; its value is the same around all of them. */
export const GROUP = "data-group";
/** In the state of the history's entry that was added for a card, so that leaving the card takes the entry back. */
const ADDED = { panel: true };
const EVENTS = ["popstate", "pushState", "replaceState"]; // the last two come from wouter

const METRIC = "metric ";
/** The name of the card that stands there for a metric or expression. */
export const metricCard = (metric: string): string => METRIC + metric;
export const isMetricCard = (name: string | null): boolean => name?.startsWith(METRIC) === true;

export const cardInAddress = (): string | null => new URLSearchParams(window.location.search).get(PARAM);

/** The card, and how tall its place was when it left. */
let current: { name: string; height: number } | null = null;

const placeOf = (name: string) => document.querySelector(`[${MARK}="${CSS.escape(name)}"]`);

export const isOnPage = (name: string): boolean => placeOf(name) !== null;

function follow(): typeof current {
  const name = cardInAddress();
  if (name !== (current?.name ?? null))
    current = name === null ? null : { name, height: placeOf(name)?.clientHeight ?? 0 };
  return current;
}

/** How tall to keep the card's place while it fills the screen, 0 where that is not known; null while it does not. */
export function freedHeight(name: string): number | null {
  const now = follow();
  return now?.name === name ? now.height : null;
}

export function subscribe(listener: () => void): () => void {
  for (const event of EVENTS) window.addEventListener(event, listener);
  return () => {
    for (const event of EVENTS) window.removeEventListener(event, listener);
  };
}

export const enlarge = (name: string): void => window.history.pushState(ADDED, "", addressWith(name));

/** The card that has the focus, or the one under the cursor. */
export function enlargeThis(): void {
  const place =
    document.querySelector(`[${MARK}]:focus-within`) ??
    [...document.querySelectorAll(`[${MARK}]:hover`)].at(-1);
  const name = place?.getAttribute(MARK);
  if (name != null && cardInAddress() === null) enlarge(name);
}

/** The next card of its group, else of the page, in the order in which they stand on it. */
export function step(by: 1 | -1): void {
  const name = cardInAddress();
  const places = [...document.querySelectorAll(`[${MARK}]`)];
  const group = groupOf(places.find((place) => place.getAttribute(MARK) === name));
  const names = places.filter((place) => groupOf(place) === group).map((place) => place.getAttribute(MARK));
  const next = names[(names.indexOf(name) + by + names.length) % names.length];
  if (next != null) window.history.replaceState(window.history.state, "", addressWith(next));
}

const groupOf = (place: Element | undefined) => place?.closest(`[${GROUP}]`)?.getAttribute(GROUP);

/**
 * Going back takes a moment, and may come to nothing. So the entry itself no longer names the card from now on: who leaves
 * twice meanwhile does not leave the page.
 */
export function leave(): void {
  if (cardInAddress() === null) return;
  const isAdded = window.history.state?.panel === true;
  window.history.replaceState(null, "", addressWith(null));
  if (isAdded) window.history.back();
}

function addressWith(name: string | null): string {
  const params = new URLSearchParams(window.location.search);
  if (name === null) params.delete(PARAM);
  else params.set(PARAM, name);
  return window.location.pathname + (params.size === 0 ? "" : `?${params}`);
}
