"""How the table of runs answers a hand, of a thousand and of a hundred thousand, in Chromium on the server's own cores.

    python benchmarks/page_table.py

*End*: from the key, pressed in the first row, until the last one is shown and has the focus. *Frame*: from one frame to
the next while the mouse's wheel goes on by twelve rows each 16 ms; 16.7 ms is as fast as the screen. *Rows lacking*:
frames without a row in the middle of the table, in percent of all. The CPU is what the browser takes, which other work
on the machine does not change. No peer lists so many runs.
"""

from __future__ import annotations

import math
import statistics

from harness import Table, clean_home
from page.browser import Browser, Page, chromium, cpu, cpu_since, until
from page.runs import fill
from page.server import Server, serving
from page_work import open_page

SIZES = (1_000, 100_000)
WHEELS = 60
ROW = 32
"""Pixels."""

WATCH = """() => {
  const frame = document.querySelector("[role=region][aria-label=Runs]");
  const { left, top, width, height } = frame.getBoundingClientRect();
  const inRow = () => document.elementFromPoint(left + width / 2, top + height / 2)?.closest("tr[data-index]") != null;
  window.framesSeen = [];
  let before = performance.now();
  const look = (now) => {
    window.framesSeen.push([now - before, inRow()]);
    before = now;
    window.watching = requestAnimationFrame(look);
  };
  window.watching = requestAnimationFrame(look);
}"""


def measure() -> Table:
    columns = [
        "End (ms)",
        "its CPU",
        "frame, median (ms)",
        "frame, 95 of 100 (ms)",
        "rows lacking (%)",
        "CPU per frame",
    ]
    table = Table("Table of runs", columns, "the units named", "the first row")
    with clean_home() as home:
        pages = fill(home, {f"runs-{size}": (size, 1) for size in SIZES})
        with chromium() as browser, serving(home) as server:
            for size in SIZES:
                table.add(f"{size:,} runs", *of_size(browser, server, pages[f"runs-{size}"], size))
    return table


def of_size(browser: Browser, server: Server, path: str, size: int) -> tuple[float, ...]:
    """The columns of a table of so many runs."""
    whole = f"document.querySelector('table[aria-label=Runs]')?.ariaRowCount == {size + 1}"
    page = open_page(browser, server, path, whole)
    first = page.get_by_role("table", name="Runs").locator("a[data-part=open]").first
    first.scroll_into_view_if_needed()
    first.focus()
    page.wait_for_timeout(1_000)  # what comes into sight is drawn
    before = cpu(browser)
    ended = end(page, size)
    taken = cpu_since(before, browser)
    page.keyboard.press("Home")
    until(page, "document.activeElement.closest('tr')?.dataset.index == 0")
    before = cpu(browser)
    frames = scroll(page)
    scrolled = cpu_since(before, browser) / len(frames)
    page.context.close()
    times = sorted(time for time, _ in frames)
    lacking = 100 * sum(not there for _, there in frames) / len(frames)
    return ended, taken, statistics.median(times), times[math.ceil(0.95 * len(times)) - 1], lacking, scrolled


def end(page: Page, size: int) -> float:
    """Milliseconds from the key End to the frame in which the last row is there and in focus."""
    page.evaluate("addEventListener('keydown', (event) => { window.pressed = event.timeStamp }, true)")
    page.keyboard.press("End")
    shown = until(page, f"document.activeElement.closest('tr')?.dataset.index == {size - 1}")
    return shown - float(page.evaluate("window.pressed"))


def scroll(page: Page) -> list[tuple[float, bool]]:
    """Of each frame: milliseconds since the one before, and whether the table had a row in its middle."""
    page.get_by_role("region", name="Runs").hover()
    page.evaluate(WATCH)
    for _ in range(WHEELS):
        page.mouse.wheel(0, 12 * ROW)
        page.wait_for_timeout(16)
    page.evaluate("cancelAnimationFrame(window.watching)")
    return list(page.evaluate("window.framesSeen"))


if __name__ == "__main__":
    print(measure())
