"""A real browser with a clock: when a page shows what is waited for, and how much CPU it has taken."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)
PATIENCE = 120.0
"""Seconds until a page that shows nothing is given up."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium as it is installed, without a window.

    Raises:
        RuntimeError: it is not.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise RuntimeError(
            "Chromium is not installed: the benchmarks of the page need it. Install the package chromium."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET.split())
        try:
            yield browser
        finally:
            browser.close()


def fresh(browser: Browser) -> BrowserContext:
    """A profile that has never seen any page, for a screen of the usual size."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    return context


class NeverShown(RuntimeError):
    """What is waited for did not come in time."""


def until(page: Page, shown: str, patience: float = PATIENCE) -> float:
    """The page's clock, in milliseconds, at the end of the first frame in which the expression is true.

    Raises:
        NeverShown: it was not within ``patience`` seconds.
    """
    look = f"""new Promise((resolve) => {{
      const end = performance.now() + {patience * 1000};
      const look = () => {{
        if ({shown}) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        else if (performance.now() > end) resolve(null);
        else requestAnimationFrame(look);
      }};
      look();
    }})"""
    when = page.evaluate(look)
    if when is None:
        raise NeverShown(f"not shown within {patience:g} s: {shown}")
    return float(when)


def cpu(browser: Browser, *groups: int) -> dict[int, float]:
    """Milliseconds of CPU so far, by process: of the browser, and of other process groups."""
    session = browser.new_browser_cdp_session()
    try:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    finally:
        session.detach()
    taken = {int(process["id"]): 1000 * float(process["cpuTime"]) for process in processes}
    for group in groups:
        taken |= _group_cpu(group)
    return taken


def cpu_since(before: dict[int, float], browser: Browser, *groups: int) -> float:
    """Milliseconds of CPU since ``cpu`` was asked; what has ended meanwhile belonged to another page."""
    return sum(taken - before.get(process, 0.0) for process, taken in cpu(browser, *groups).items())


def _group_cpu(group: int) -> dict[int, float]:
    """Milliseconds that each process of a group has taken."""
    taken = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            taken[int(place.parent.name)] = 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return taken
