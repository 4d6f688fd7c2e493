"""The page in a frame of a notebook, which another server on the reader's machine serves."""

from __future__ import annotations

import functools
import http.server
import random
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from besom.client.pages import frame

pytestmark = pytest.mark.browser


@pytest.fixture
def notebook_server(tmp_path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def test_a_notebook_shows_a_live_page_and_the_frame_signs_the_browser_in(
    page: Page, server, filler, notebook_server, tmp_path
):
    place = filler.sweep("framed", "in a notebook", run_cap=2)
    (tmp_path / "notebook.html").write_text(frame(filler.ticket(place.path), 600))
    page.goto(f"{notebook_server}/notebook.html")
    frame_of_cell = page.frame_locator("iframe")
    expect(frame_of_cell.get_by_role("heading", name="in a notebook")).to_be_visible()
    expect(frame_of_cell.get_by_text("Live", exact=True)).to_be_visible()
    filler.whole_run(place, filler.join(place), random.Random(1))
    expect(frame_of_cell.get_by_role("table", name="Runs").locator("tr[data-index]")).to_have_count(1)
