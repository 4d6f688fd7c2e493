"""What every view must be at any width: no wider than the window, and usable by everyone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
TARGET_SIZE = {"target-size": {"enabled": True}}
"""The rule that WCAG 2.2 adds at level AA; axe leaves it off unless it is asked for."""
GRAVE = ("serious", "critical")
LOOKS = 5
"""What is still on its way may be a barrier for a moment; one that stays is found by each look."""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def barriers(page: Page, *, iframes: bool = True, **options: Any) -> list[str]:
    """What breaks WCAG 2.0 to 2.2, level A or AA, in the view as it is, or bars somebody against good practice.

    ``options`` are axe's own; ``iframes``: whether what other documents show inside the view counts.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    asked = {"iframes": iframes, "resultTypes": ["violations"], "rules": TARGET_SIZE, **options}
    found = page.evaluate("options => axe.run(document, options)", asked)["violations"]
    counts = [rule for rule in found if any("wcag" in tag for tag in rule["tags"]) or rule["impact"] in GRAVE]
    return [f"{rule['id']} ({rule['impact']}): {node['html']}" for rule in counts for node in rule["nodes"]]


def assert_fits_and_bars_nobody(page: Page, *, iframes: bool = True) -> None:
    """Waits until the view is there, then looks at it in both colour schemes."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("load")
    expect(page.locator("[data-loading]")).to_have_count(0)
    expect(page.locator("table:not([aria-label], :has(> caption))")).to_have_count(0)  # axe asks for no names of tables
    root = "document.documentElement"
    # Only colours differ between the schemes.
    for scheme, options in (("light", {}), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function(
            f"() => {root}.scrollWidth <= {root}.clientWidth"
        )  # charts follow a new width a frame later
        for _ in range(LOOKS):
            found = barriers(page, iframes=iframes, **options)
            if not found:
                break
            page.wait_for_timeout(1_000)
        assert found == [], "\n".join(found)
