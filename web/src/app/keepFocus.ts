/** What the Tab key stops at, unless it is switched off or hidden. */
const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';

/**
 * Gives the focus of who works by keyboard a place when what had it goes away: a button that removes itself or is
 * switched off, a row that is deleted, a page that is hidden while the next one comes. It stays as near as it can; on a
 * new page it is at the beginning of the content.
 */
export function keepFocus(): void {
  let last: Element | null = null;
  /** From the inside out, as it stood in the document. */
  let around: readonly HTMLElement[] = [];
  document.addEventListener("focusin", ({ target }) => {
    last = target instanceof Element && target.matches(":focus-visible") ? target : null;
    around = last === null ? [] : ancestorsOf(last);
  });
  const follow = () => {
    // Asked for last, as it may take a layout, and a live page changes all the time.
    if (last === null || document.activeElement !== document.body || !isGone(last)) return;
    const near = around.filter((one) => one.isConnected).map(stopOf);
    const stop = near.find((one) => one !== undefined) ?? document.getElementById("content");
    stop?.focus({ preventScroll: true });
  };
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget !== null) return; // it is on its way there
    queueMicrotask(() => {
      if (target !== last || last === null || document.activeElement !== document.body) return;
      if (isGone(last)) follow();
      else last = null;
    });
  });
  new MutationObserver(follow).observe(document.body, { childList: true, subtree: true });
}

/** Out of the document, hidden, or switched off: not just left. */
const isGone = (element: Element): boolean =>
  !element.isConnected || !element.checkVisibility() || element.matches(":disabled");

function ancestorsOf(element: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let one = element.parentElement; one !== null && one.id !== "root"; one = one.parentElement)
    found.push(one);
  return found;
}

/** Itself, or the first place in it at which the Tab key stops. */
const stopOf = (place: HTMLElement): HTMLElement | undefined =>
  place.hasAttribute("tabindex") && place.checkVisibility()
    ? place
    : [...place.querySelectorAll<HTMLElement>(STOPS)].find(
        (one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.checkVisibility(),
      );
