"""The page is served whole, and never instead of the API."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from server_world import World

from besom.server import page

pytestmark = pytest.mark.anyio


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>the page</title>")
    (static / "assets" / "app-1a2b.js").write_text("//" + "x" * 5000)
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(page, "STATIC", static)
    return static


async def test_every_page_address_shows_the_page(world: World, built: Path) -> None:
    stranger = world.client_with({})
    for path in ("/", "/ann/demo", "/ann/demo/sweeps/abc", "/ann/demo/runs/a.b"):
        reply = await stranger.get(path)
        assert (reply.status_code, "the page" in reply.text) == (200, True)
        assert reply.headers["cache-control"] == "no-cache"


async def test_hashed_files_are_kept_for_ever_and_packed_for_browsers(world: World, built: Path) -> None:
    reply = await world.client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in reply.headers["cache-control"]
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.text.startswith("//x")
    plain = await world.client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_a_file_that_is_gone_is_not_replaced_by_the_page(world: World, built: Path) -> None:
    assert (await world.client.get("/assets/app-old.js")).status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "//secret.txt"])
async def test_nothing_outside_the_folder_is_served(world: World, built: Path, path: str) -> None:
    assert "secret" not in (await world.client.get(path)).text


async def test_without_a_built_page_the_server_says_how_to_build_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path / "nothing")
    reply = await world.client.get("/ann/demo")
    assert reply.status_code == 200
    assert "npm run build" in reply.text


async def test_a_page_that_is_built_anew_is_shown_at_once(world: World, built: Path) -> None:
    assert "the page" in (await world.client.get("/")).text
    (built / "index.html").write_text("<!doctype html><title>a newer one</title>")
    os.utime(built / "index.html", ns=(0, (built / "index.html").stat().st_mtime_ns + 1))
    assert "a newer one" in (await world.client.get("/")).text


@pytest.mark.parametrize("path", ["/%00", "/assets/%00.js", "/" + "x" * 5000, "/assets/" + "x" * 5000])
async def test_an_address_that_no_file_can_have_is_no_mistake_of_the_server(
    world: World, built: Path, path: str
) -> None:
    assert (await world.client.get(path)).status_code == (404 if path.startswith("/assets/") else 200)
