"""A real server in a process of its own, a real browser, and the page as it is built for users."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from server_process import ServerProcess

sys.path.insert(0, str(Path(__file__).parent))  # so that test modules and scripts share `filling`

import chromium
from filling import Filler

PATIENCE = 60_000
"""Milliseconds, on a machine that is busy with other tests; nothing here is about speed."""
expect.set_options(timeout=PATIENCE)

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
PAGE = ROOT / "src/besom/server/static/index.html"


@pytest.fixture(scope="session")
def built_page() -> None:
    """Builds the page unless the build is newer than all that it is made from; one process at a time."""
    with (WEB / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        build()


def build() -> None:
    sources = [path for path in [*WEB.glob("*.*"), *WEB.glob("src/**/*.*"), *WEB.glob("public/*")] if path.is_file()]
    made = [path for path in sources if path.name != "schema.d.ts"]
    if PAGE.exists() and PAGE.stat().st_mtime >= max(path.stat().st_mtime for path in made):
        return
    if shutil.which("npm") is None:
        pytest.skip("npm is needed to build the page")
    if not (WEB / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=WEB, check=True, capture_output=True)
    subprocess.run(["npm", "run", "build"], cwd=WEB, check=True, capture_output=True)


class Server(ServerProcess):
    """A server with something on it; the agents of tests say nothing for as long as these take, and are not lost."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "--data", str(home), "--port", "0", "--lease", "3600")
        self.filler = Filler(self.url, self.key)


@pytest.fixture(scope="session")
def server(built_page: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("besom-home"))
    yield running
    running.stop()


@pytest.fixture
def filler(server: Server) -> Filler:
    return server.filler


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    if not Path(chromium.PATH).exists():
        pytest.skip("Chromium is not installed")
    started = {"executable_path": chromium.PATH, "args": chromium.ARGUMENTS, "timeout": 2 * PATIENCE}
    return {**browser_type_launch_args, **started}


class Visitor:
    """A profile for all tests. Its first tab stays open, so that the process with besom's compiled program lives on."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._begin()

    def _begin(self) -> None:
        self.context = self._browser.new_context(reduced_motion="reduce")
        self.context.set_default_timeout(PATIENCE)
        self._first = self.context.new_page()
        self._first.goto(f"{self._url}/favicon.svg")

    def forget(self) -> None:
        """Closes what a test has opened and forgets what it has kept; a process that has died takes all of it along."""
        try:
            for tab in self.context.pages:
                if tab is not self._first:
                    tab.close()
            self.context.clear_cookies()
            self._first.evaluate("localStorage.clear()")
        except Error:
            self.context.close()
            self._begin()


@pytest.fixture(scope="session")
def visitor(browser: Browser, server: Server) -> Iterator[Visitor]:
    one = Visitor(browser, server.url)
    yield one
    one.context.close()


@pytest.fixture
def page(visitor: Visitor) -> Iterator[Page]:
    """A new tab of a browser that remembers nothing."""
    yield visitor.context.new_page()
    visitor.forget()


@pytest.fixture
def page_with_clock(browser: Browser, server: Server) -> Iterator[Page]:
    """A tab of another profile, signed in, whose clock may be set: a clock is that of all tabs of a profile."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    tab.clock.install()
    tab.goto(server.filler.ticket("/favicon.svg"))
    yield tab
    context.close()


@pytest.fixture
def signed_in(page: Page, server: Server) -> Iterator[Page]:
    """The browser's page, signed in by a one-time link, with only a picture in it: a visit to a page that no test looks
    at would take as long as many tests. Complaints on its console fail the test."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.filler.ticket("/favicon.svg"))
    page.complaints = complaints
    yield page
    assert complaints == []
