"""The MD5 of bytes, for clients that know them by it."""

from __future__ import annotations

import hashlib

import pytest
from server_world import GRID, World
from sqlalchemy import update

from besom.server.services.blob_md5s import md5s_of
from besom.server.store import tables

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def test_it_is_kept_as_bytes_arrive_and_computed_for_those_that_came_before(world: World) -> None:
    await world.sweep(GRID)
    expected = {}
    for content in (b"", b"one"):
        digest = hashlib.sha256(content).hexdigest()
        await world.call("PUT", f"/projects/ann/demo/blobs/{digest}", content=content)
        expected[digest] = hashlib.md5(content, usedforsecurity=False).hexdigest()
    services = world.services
    caller = await services.sessions.caller(world.key, "key")

    async def ask() -> dict[str, str]:
        asked = {*expected, "0" * 64}
        return await md5s_of(services.ctx, services.blobs, caller, "ann", "demo", asked)

    assert await ask() == expected
    await world.store.write(lambda conn: conn.execute(update(tables.blobs).values(md5=None)))
    assert await ask() == expected
    for digest in expected:
        [kept] = services.blobs.path.glob(f"*/*/{digest}")
        kept.unlink()
    assert await ask() == expected
