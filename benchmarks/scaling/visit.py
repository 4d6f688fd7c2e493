"""How long real Chromium takes to show a sweep of a large project, and the CPU of browser and server meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from load.served import serving
from page.browser import NeverShown, chromium
from page.peers import Shown
from page.runs import OWNER
from page.server import Server
from page_load import FIRST, visits

from scaling.project import Size, make


def measure(folder: Path, url: str, sizes: Sequence[Size]) -> dict[str, list[float]]:
    """Milliseconds by what is waited for, which benchmarks/page_load.py explains, for each size.

    Args:
        folder: Of the servers' own files.
        url: Of a database that no server uses.
        sizes: Of the projects whose sweep is visited.

    Raises:
        NeverShown: a page did not show its runs.
    """
    sweeps = make(url, sizes)
    rows: dict[str, list[float]] = {}
    with chromium() as browser:
        for size in sizes:
            # One more for its head; what was measured there before may have added runs.
            whole = f"document.querySelector('table[aria-label=Runs]')?.ariaRowCount > {size.runs}"
            with serving(folder, options=("--db", url)) as served:
                server = Server(served.url, served.pid, served.key)
                address = f"{server.url}/{OWNER}/{size.name}/sweeps/{sweeps[size]}"
                figures = visits(browser, Shown(address, server.pid, FIRST, whole), server.sign_in)
            for what, (wall, cpu) in zip(("cold", "warm", "all runs"), figures, strict=True):
                if not isinstance(wall, float) or not isinstance(cpu, float):
                    raise NeverShown(f"{size.runs:,} runs, {what}: {wall}")
                rows.setdefault(what, []).append(wall)
                rows.setdefault(f"{what}, CPU", []).append(cpu)
    return rows
