"""A page as who has no mouse goes through it: with the Tab key, from its first stop to its last."""

from __future__ import annotations

from playwright.sync_api import Page, expect

MOST = 300
"""Stops of a page."""

AT = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const { left, top, right, bottom } = at.getBoundingClientRect();
  const across = (left + right) / 2, down = Math.min((top + bottom) / 2, innerHeight - 1);
  const over = document.elementFromPoint(Math.max(1, Math.min(across, innerWidth - 1)), Math.max(1, down));
  const isRinged = (element) => getComputedStyle(element).outlineStyle !== "none";
  // A label or a button's words are its name for sure; to ask the browser for any goes through the whole page.
  const words = at.matches("a, button, summary") && !at.querySelector("[aria-hidden=true]") ? at.innerText : null;
  const said = at.matches("[aria-labelledby]") ? null : (at.ariaLabel ?? words);
  const faults = [];
  if (!said?.trim() && at.computedName === "") faults.push("has no name");
  if (over === null || !(at.contains(over) || over.contains(at))) faults.push("is not seen");
  // A box may be drawn by what is around it; players and pages in a frame draw it by themselves.
  const around = [at, at.parentElement, at.closest("[data-scrolls]")].filter((element) => element !== null);
  if (!around.some(isRinged) && !at.matches("audio, video, iframe")) faults.push("does not show that it has the focus");
  return { faults, html: at.outerHTML.slice(0, 200) };
}"""
NOTHING_COMES = """() => [...document.querySelectorAll("[data-loading]")]
  .every((one) => one.getBoundingClientRect().top > innerHeight)"""
"""Into sight; the rest comes on the way."""
LOOK = f"() => ({{ at: ({AT})(), isThere: ({NOTHING_COMES})() }})"
STOPS = """() => [...(document.querySelector("dialog:modal") ?? document).querySelectorAll(
    "a[href], button, input, select, textarea, summary, iframe, audio, video, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !one.matches(":disabled, [type=radio]:not(:checked)"))
  .map((one) => one.outerHTML.slice(0, 200))"""


def assert_every_stop_has_a_name_and_is_seen(page: Page, key: str = "Tab") -> None:
    """Waits until the page is there; its last stop, or that of the dialog before it, is reached, and the focus is lost
    nowhere before it.

    ``key``: with ``Shift+Tab`` it is gone through from its last stop to its first.
    """
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_function(NOTHING_COMES)
    faults, before = [], ""
    for _ in range(MOST):
        page.keyboard.press(key)
        look = page.evaluate(LOOK)
        if not look["isThere"] or (look["at"] is not None and look["at"]["faults"]):
            # What comes into sight on the way has stops of its own, and moves others.
            page.wait_for_function(NOTHING_COMES)
            look["at"] = page.evaluate(AT)
        at = look["at"]
        if at is None:
            break
        before = at["html"]
        faults += [f"{fault}: {before}" for fault in at["faults"]]
    assert faults == [], "\n".join([page.url, *faults])
    end = page.evaluate(STOPS)[-1 if key == "Tab" else 0]
    assert before == end, f"{page.url}: the focus is lost, or goes round"
