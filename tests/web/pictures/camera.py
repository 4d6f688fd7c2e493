"""Opens pages in a real browser and takes pictures of them when nothing moves any more."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from accessibility import barriers
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

WIDTHS = (1440, 390)
HEIGHTS = {1440: 900, 390: 844}
STICKY = 104
"""Pixels of a telephone's window, from its top, that stay where they are while the page scrolls."""
PATIENCE = 30_000
"""Milliseconds; a page that is not there by then is a fault."""
expect.set_options(timeout=PATIENCE)

# Now and then the browser draws a window no more, and its frame would be waited for without end.
FRAME = "new Promise((go) => { requestAnimationFrame(go); setTimeout(go, 2000); })"
NOTHING_MOVES = f"""async () => {{
  await document.fonts.ready;
  for (let i = 0; i < 3; i++) await {FRAME};
}}"""
SEE_ALL = f"""async () => {{
  const before = scrollY;
  for (let top = 0; top < document.body.scrollHeight && top < 20000; top += innerHeight) {{
    scrollTo(0, top);
    await {FRAME};
    await new Promise((idle) => requestIdleCallback(idle, {{timeout: 500}})); // what came into sight is drawn
  }}
  scrollTo(0, before);
}}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WHOLE = "document.documentElement.scrollHeight"


def nothing(page: Page) -> None:
    """Leaves the page as it is."""


@dataclass(frozen=True)
class Scene:
    """A page in a state that is worth looking at."""

    name: str
    path: str
    act: Callable[[Page], None] = nothing
    """What to do before the picture is taken."""
    whole: bool = True
    """The page from top to bottom; else what the window shows, where something lies over the page."""
    wide_only: bool = False
    """Telephones have no such thing."""
    stranger: bool = False
    """Not signed in."""
    complaints: tuple[str, ...] = ()
    """What the browser may say on its console: parts of it."""


@dataclass
class Camera:
    """Takes each scene at each width in each colour scheme, in a browser that knows nothing of the scenes before."""

    browser: Browser
    url: str
    key: str
    folder: Path
    widths: Sequence[int]
    schemes: Sequence[str]
    taken: list[str] = field(default_factory=list)
    """Names of the files."""
    faults: list[str] = field(default_factory=list)
    """Scenes that could not be taken, complaints of the browser, pages wider than the window, what bars somebody."""

    def take(self, scenes: Iterable[Scene]) -> None:
        """Goes on with the next scene when one fails, and says why in ``faults``."""
        for scene in scenes:
            for width in [width for width in self.widths if width > 600 or not scene.wide_only]:
                with self._window(width, scene.stranger) as context:
                    try:
                        self._shoot(context.new_page(), scene, width)
                    except (Error, AssertionError) as error:
                        self.faults.append(f"{scene.name} at {width} px: {str(error).strip()}")

    def _window(self, width: int, stranger: bool) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": HEIGHTS[width]},
            reduced_motion="reduce",
            has_touch=width < 600,
            is_mobile=width < 600,
        )
        context.set_default_timeout(PATIENCE)
        if not stranger:
            answer = context.request.post("/api/v1/session", data={"key": self.key}, headers={"Origin": self.url})
            assert answer.ok, answer.text()
        return context

    def _shoot(self, page: Page, scene: Scene, width: int) -> None:
        where = f"{scene.name} at {width} px"
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(scene.path)
        settle(page)
        scene.act(page)
        # What comes into a panel places it beside its button, which is elsewhere while all of the page is looked at.
        expect(page.locator(":popover-open [data-loading]")).to_have_count(0)
        settle(page)
        if scene.whole:  # a panel that lies over buttons makes them smaller than they are
            page.evaluate("scrollTo(0, 0)")
            self.faults += [f"{where}: {barrier}" for barrier in barriers(page)]
        too_wide = page.evaluate(TOO_WIDE)
        if too_wide > 0:
            self.faults.append(f"{where}: the page is {too_wide} px wider than the window")
        for scheme in self.schemes:
            page.emulate_media(color_scheme=scheme)
            # What is out of sight takes on its colours when it is seen.
            page.evaluate(SEE_ALL if scene.whole else NOTHING_MOVES)
            name = f"{scene.name}-{width}-{scheme}.png"
            if scene.whole and width > 600 and page.locator("iframe").count() > 0:
                # A frame of another origin is painted only where the window shows it.
                page.set_viewport_size({"width": width, "height": page.evaluate(WHOLE)})
                page.wait_for_timeout(500)
            if scene.whole and width < 600:
                scrolled_through(page).save(self.folder / name)
            else:
                page.screenshot(path=self.folder / name, full_page=scene.whole, animations="disabled")
            self.taken.append(name)
        unexpected = [text for text in said if not any(known in text for known in scene.complaints)]
        self.faults += [f"{where}: the console says: {text}" for text in unexpected]

    def write_index(self) -> None:
        """A page with all pictures that were taken."""
        figures = (
            f'<figure><a href="{html.escape(name)}"><img src="{html.escape(name)}" loading="lazy"></a>'
            f"<figcaption>{html.escape(name.removesuffix('.png'))}</figcaption></figure>"
            for name in self.taken
        )
        style = "body { display: flex; flex-wrap: wrap } figure { margin: 8px } img { width: 360px }"
        text = f"<!doctype html><title>besom</title><style>{style}</style>{''.join(figures)}"
        (self.folder / "index.html").write_text(text)


def scrolled_through(page: Page) -> Image.Image:
    """The page from top to bottom, put together from what a finger would scroll to.

    A picture that the browser itself takes of more than the window is taken without a finger: with smaller buttons, and
    with charts that were drawn for another width.
    """
    width, window, whole = page.evaluate(f"[innerWidth, innerHeight, {WHOLE}]")
    picture = Image.new("RGB", (width, whole))
    for top in [*range(0, whole - window, window - STICKY), max(0, whole - window)]:
        page.evaluate(f"scrollTo(0, {top})")
        page.evaluate(NOTHING_MOVES)
        piece = Image.open(BytesIO(page.screenshot(animations="disabled")))
        above = STICKY if top > 0 else 0
        picture.paste(piece.crop((0, above, width, window)), (0, top + above))
    page.evaluate("scrollTo(0, 0)")
    return picture


def settle(page: Page) -> None:
    """Waits until nothing is on its way to the page and all of it is drawn."""
    on_its_way = page.locator("[data-loading]")
    expect(page.locator("h1, [role=alert]").first).to_be_visible()
    page.wait_for_load_state("load")
    # What comes into sight asks for more, and what arrives makes the page longer.
    deadline = time.monotonic() + PATIENCE / 1000
    while page.evaluate(SEE_ALL) or (on_its_way.count() > 0 and time.monotonic() < deadline):
        page.wait_for_timeout(100)
    expect(on_its_way).to_have_count(0)
    page.evaluate(NOTHING_MOVES)
    page.wait_for_timeout(200)  # charts are drawn a moment after their data; this is no test
    expect(on_its_way).to_have_count(0)
