/**
 * Brings what gets the focus out from below what stays in sight while the page or a table scrolls. Style sheets say by
 * `scroll-margin` how much that hides; browsers, when the focus moves, only look whether it is inside the window.
 */
export function showFocus(): void {
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof Element) || !target.matches(":focus-visible")) return;
    const { scrollMarginTop, scrollMarginLeft } = getComputedStyle(target);
    if (Number.parseFloat(scrollMarginTop) > 0 || Number.parseFloat(scrollMarginLeft) > 0)
      target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}
