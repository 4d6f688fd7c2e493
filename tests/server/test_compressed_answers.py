"""Large answers come compressed to those who can unpack them; nothing else changes."""

from __future__ import annotations

import pytest
from server_world import RANDOM, World, history

from besom.server.api.compression import WORTH_COMPRESSING
from besom.server.services import histories

pytestmark = pytest.mark.anyio

PLAIN, COMPRESSED = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "deflate, gzip"}


async def test_a_large_answer_is_compressed_for_those_who_accept_it(world: World) -> None:
    await world.begin("r", config={"text": "x" * WORTH_COMPRESSING})
    path = "/api/v1" + world.runs_path()
    plain = await world.client.get(path, headers=PLAIN)
    compressed = await world.client.get(path, headers=COMPRESSED)
    assert "content-encoding" not in plain.headers
    assert (compressed.headers["content-encoding"], compressed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(compressed.headers["content-length"]) < WORTH_COMPRESSING / 10
    assert compressed.json() == plain.json()


async def test_small_answers_and_refusals_are_not_compressed(world: World) -> None:
    for path in ("/api/v1/viewer", "/api/v1/nothing", "/healthz"):
        assert "content-encoding" not in (await world.client.get(path, headers=COMPRESSED)).headers


async def test_many_curves_share_the_points_of_an_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST_POINTS", 60)
    sweep = await world.sweep(RANDOM)
    for run in ("a", "b", "c"):
        await world.begin(run, sweep)
        await world.send(run, b"".join(history(step, {"loss": float(step % 7)}) for step in range(100)))
    page = await world.call("GET", f"/sweeps/{sweep}/curves?key=loss&points=500")
    assert [curve["total"] for curve in page["curves"]] == [100] * 3
    assert all(10 <= len(curve["steps"]) <= 20 for curve in page["curves"])
