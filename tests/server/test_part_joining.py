"""Parts of files that are joined at the same time, wrongly, or in great number."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from server_world import World

from besom.server.services.part_joining import MOST_PARTS
from besom.server.services.refusals import Invalid

pytestmark = pytest.mark.anyio


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


async def test_parts_in_a_wrong_order_do_not_fail_those_who_join_them_rightly_meanwhile(world: World) -> None:
    await world.begin("one")
    for part in (b"alpha", b"beta"):
        await world.call("PUT", f"/projects/ann/demo/blobs/{hashlib.sha256(part).hexdigest()}", part)
    caller = await world.services.sessions.caller(world.key, "key")

    async def join(*parts: bytes) -> None:
        sums = [md5(part) for part in parts]
        await world.services.parts.join(caller, "ann", "demo", md5(b"alphabeta"), sums)

    wrong, right = await asyncio.gather(join(b"beta", b"alpha"), join(b"alpha", b"beta"), return_exceptions=True)
    assert isinstance(wrong, Invalid)
    assert right is None
    with pytest.raises(Invalid, match="10000 parts"):
        await join(*[b"alpha"] * (MOST_PARTS + 1))
