"""Addresses that need no key: what they are bound to, how long they hold, and that other servers know them."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from server_world import World
from sqlalchemy import delete, update

from besom.server.services.refusals import Forbidden
from besom.server.services.signing import SIGNED_SECONDS, Signer
from besom.server.store import tables

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

PATH = "/storage/a b/100%/ü"


async def signed(world: World) -> dict[str, str]:
    caller = await world.services.sessions.caller(world.key, "key")
    path, _, query = (await world.services.signer.sign(caller, "PUT", PATH)).partition("?")
    assert path == "/storage/a%20b/100%25/%C3%BC"
    return dict(parse_qsl(query))


async def test_a_server_that_starts_later_on_the_same_database_knows_the_signature(world: World) -> None:
    query = await signed(world)
    later = Signer(world.services.ctx)
    assert (await later.signer_of("PUT", PATH, query)).name == "ann"


async def test_it_holds_for_one_method_one_path_one_user_and_one_time(world: World) -> None:
    signer, query = world.services.signer, await signed(world)
    for method, path, changed in (
        ("GET", PATH, {}),
        ("PUT", PATH + "/more", {}),
        ("PUT", PATH, {"user": "2"}),
        ("PUT", PATH, {"expires": str(int(query["expires"]) + 1)}),
        ("PUT", PATH, {"expires": "x"}),
        ("PUT", PATH, {"signature": ""}),
        ("PUT", PATH, {"signature": "ü" * 64}),
    ):
        with pytest.raises(Forbidden, match="was not given by this server"):
            await signer.signer_of(method, path, {**query, **changed})
    world.clock.advance(SIGNED_SECONDS + 1)
    with pytest.raises(Forbidden, match="good for a day"):
        await signer.signer_of("PUT", PATH, query)


async def test_what_the_user_may_do_when_it_is_used_is_what_counts(world: World) -> None:
    query = await signed(world)
    await world.store.write(lambda conn: conn.execute(update(tables.users).values(role="viewer")))
    assert (await world.services.signer.signer_of("PUT", PATH, query)).role == "viewer"
    await world.store.write(lambda conn: conn.execute(delete(tables.users)))
    with pytest.raises(Forbidden, match="no longer here"):
        await world.services.signer.signer_of("PUT", PATH, query)


async def test_pages_of_other_origins_may_use_signed_addresses_and_no_others(world: World) -> None:
    await world.begin("r")
    caller = await world.services.sessions.caller(world.key, "key")
    foreign = {"Origin": "https://other.example", "Content-Type": "text/plain"}
    async with world.client_with(foreign) as page:
        for method in ("PUT", "GET"):
            address = await world.services.signer.sign(
                caller, method, f"/storage/runs/ann/demo/r/{PATH.rpartition('/')[2]}"
            )
            asked = await page.options(address, headers={"Access-Control-Request-Method": method})
            done = await page.request(method, address, content=b"bytes" if method == "PUT" else None)
            for answer in (asked, done):
                assert answer.is_success, answer.text
                assert answer.headers["access-control-allow-origin"] == "*"
                assert "access-control-allow-credentials" not in answer.headers
            assert method in asked.headers["access-control-allow-methods"]
        assert done.content == b"bytes"
        keyed = {"Authorization": f"Bearer {world.key}"}
        for other in ("/api/v1/viewer", "/graphql", "/healthz", "/files/ann/demo/r/file_stream"):
            for answer in (await page.options(other), await page.post(other, headers=keyed, json={})):
                assert "access-control-allow-origin" not in answer.headers, other
                assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        refused = await page.post("/graphql", headers=keyed, json={"query": "{ viewer { id } }"})
        assert refused.status_code == 403
