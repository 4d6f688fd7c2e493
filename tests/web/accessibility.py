"""What every view must be at any width: no wider than the window, and usable by everyone."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"


def assert_fits_and_bars_nobody(page: Page, *, iframes: bool = True) -> None:
    """Waits until the view is there, then looks at it in both colour schemes.

    ``iframes``: whether what other documents show inside it counts.
    """
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("load")
    expect(page.locator("[data-loading]")).to_have_count(0)
    root = "document.documentElement"
    page.evaluate(AXE.read_text())
    # Only colours differ between the schemes.
    for scheme, rules in (("light", {}), ("dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}})):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        options = {"iframes": iframes, "resultTypes": ["violations"], **rules}
        found = page.evaluate("options => axe.run(document, options)", options)["violations"]
        serious = [problem for problem in found if problem["impact"] in ("serious", "critical")]
        assert serious == [], json.dumps([(p["id"], [n["html"] for n in p["nodes"]]) for p in serious], indent=1)
