"""Time and CPU until a page shows the runs of a sweep, in real Chromium on the same cores as the server.

    python benchmarks/page_load.py
    python benchmarks/page_load.py 1000     with so many runs only

*Cold* is the first visit of a new browser profile to a server that has just started, *warm* a later visit; both run to
the first useful frame, for besom the best run and rows of the table. *All* is the frame in which the list holds every
run. The CPU is what server and browser take together, so other work on the machine does not change it. The limit
is a page with ten lines of script that fetches the same runs as JSON from a file and shows a hundred. Peers show their
own list of the same runs, up to 10,000. MLflow shows a part of them, and more at a click, so it has no figure for all.
A page that shows nothing within 60 s is given up: "> 60 s", and the CPU that it had taken until then.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from harness import Table, clean_home, installed, median
from page import peers
from page.browser import Browser, BrowserContext, NeverShown, chromium, cpu, cpu_since, fresh, until
from page.limit import plain_page
from page.peers import Shown
from page.runs import fill
from page.server import serving

SIZES = (1_000, 10_000, 100_000)
STEPS = 20
ROUNDS = 3
SLOW = 10.0
"""Seconds; a page that needs more for a visit is visited once more only."""
GIVEN_UP = 60.0
"""Seconds; nobody waits longer for a page."""

FIRST = (
    "document.querySelectorAll('table[aria-label=Runs] tbody tr').length > 9"
    " && document.querySelector('[aria-label=\"Best run\"] a')"
)

Figure = float | str | None
"""A text tells of what was given up."""
Figures = list[tuple[Figure, Figure]]
"""Of *cold*, *warm* and *all*: milliseconds, and milliseconds of CPU."""
NOTHING: Figures = [(None, None)] * 3


def measure(sizes: Sequence[int] = SIZES) -> str:
    columns = [f"{size:,} runs: {what}" for size in sizes for what in ("cold", "warm", "all")]
    goal = "10,000 runs within 2,000 cold and 1,000 warm; 100,000 within 3,000"
    wall = Table("Page of a sweep", columns, "milliseconds", goal)
    taken = Table("Page of a sweep, CPU", columns, "milliseconds of CPU", "below MLflow, optuna-dashboard and trackio")
    with clean_home() as home:
        pages = fill(home, {f"runs-{size}": (size, STEPS) for size in sizes})
        with chromium() as browser:
            rows = [
                ("JSON in a file, ten lines of script", limit(browser, home, sizes)),
                ("besom", besom(browser, home, pages, sizes)),
            ]
            rows += [(one.package, of_peer(browser, home, one, sizes)) for one in peers.PEERS if installed(one.package)]
    for name, figures in rows:
        wall.add(name, *(one[0] for one in figures))
        taken.add(name, *(one[1] for one in figures))
    return f"{wall}\n{taken}"


def visits(browser: Browser, shown: Shown, sign_in: Callable[[BrowserContext], None] | None = None) -> Figures:
    """The first visit, and the medians of further ones."""
    context = fresh(browser)
    if sign_in is not None:
        sign_in(context)
    page = context.new_page()

    def shows(what: str, before: dict[int, float], patience: float = GIVEN_UP) -> tuple[Figure, Figure]:
        try:
            return until(page, what, patience), cpu_since(before, browser, shown.pid)
        except NeverShown:
            return f"> {GIVEN_UP:g} s", f"> {cpu_since(before, browser, shown.pid):,.0f}"

    def visit() -> Figures:
        page.goto("about:blank")  # what the page did before does not count
        before = cpu(browser, shown.pid)
        page.goto(shown.address, wait_until="commit")
        first = shows(shown.first, before)
        if shown.whole is None:
            return [first, (None, None)]
        seen = first[0]
        return [first, shows(shown.whole, before, GIVEN_UP - seen / 1000) if isinstance(seen, float) else first]

    begun = time.monotonic()
    cold = visit()[0]
    rounds = ROUNDS if time.monotonic() - begun < SLOW else 1
    further = [visit() for _ in range(rounds)]
    context.close()
    return [cold, *(_medians([figures[place] for figures in further]) for place in (0, 1))]


def _medians(figures: Figures) -> tuple[Figure, Figure]:
    """One that was given up is what is told, for it is longer than the others."""
    wall, taken = zip(*figures, strict=True)
    return _median(wall), _median(taken)


def _median(values: Sequence[Figure]) -> Figure:
    numbers = [value for value in values if isinstance(value, float)]
    return next((value for value in values if isinstance(value, str)), median(numbers) if numbers else None)


def limit(browser: Browser, home: Path, sizes: Sequence[int]) -> Figures:
    found: Figures = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=home) as folder, plain_page(Path(folder), size) as (address, pid):
            shown = Shown(
                address, pid, "document.querySelectorAll('tr').length == 100", f"window.runs?.length == {size}"
            )
            found += visits(browser, shown)
    return found


def besom(browser: Browser, home: Path, pages: dict[str, str], sizes: Sequence[int]) -> Figures:
    found: Figures = []
    for size in sizes:
        whole = f"document.querySelector('table[aria-label=Runs]')?.ariaRowCount == {size + 1}"
        with serving(home) as server:
            shown = Shown(server.url + pages[f"runs-{size}"], server.pid, FIRST, whole)
            found += visits(browser, shown, server.sign_in)
    return found


def of_peer(browser: Browser, home: Path, peer: peers.Peer, sizes: Sequence[int]) -> Figures:
    found: Figures = []
    for size in sizes:
        if size > peer.most:
            found += NOTHING
            continue
        with tempfile.TemporaryDirectory(dir=home) as folder, peer.showing(Path(folder), size) as shown:
            found += visits(browser, shown)
    return found


if __name__ == "__main__":
    print(measure([int(size) for size in sys.argv[1:]] or SIZES))
