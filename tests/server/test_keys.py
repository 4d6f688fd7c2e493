"""Keys: told once, listed, ended, and never good again."""

from __future__ import annotations

import pytest
from account_world import CHANGING, VIEWER, browser_of, refusal, with_key
from server_world import World

from besom.protocol import NewKey
from besom.server.services.addresses import is_of_this_machine
from besom.server.services.agents import refuse_ended_key
from besom.server.services.context import Unit
from besom.server.services.keys import create_key
from besom.server.services.refusals import Unauthorized
from besom.server.services.users import ensure_admin

pytestmark = pytest.mark.anyio


async def test_a_key_is_told_once_works_until_it_is_revoked_and_takes_its_sessions_with_it(world: World) -> None:
    world.clock.advance(1)
    made = await world.call("POST", "/keys", {"name": "laptop", "days": 7})
    user = with_key(world, made["secret"])
    world.clock.advance(100)
    assert (await user.call("GET", "/viewer"))["name"] == "ann"
    first, laptop = sorted((await user.call("GET", "/keys"))["keys"], key=lambda key: key["created"])
    assert (laptop["name"], laptop["last_used"], laptop["current"]) == ("laptop", world.clock.now, True)
    assert (first["current"], laptop["expires"]) == (False, laptop["created"] + 7 * 86400)
    assert "secret" not in laptop
    for url, shared in (
        ("http://127.0.0.1:7878", False), ("http://[::1]:1", False), ("http://localhost:1", False),
        ("http://box:7878", True), ("https://besom.example", True), ("http://10.0.0.7:7878", True),
        ("http://localhost.example", True),
    ):  # fmt: skip
        assert is_of_this_machine(url) is not shared
    assert (await user.call("GET", "/viewer"))["shared"] is False
    browser = world.client_with({})
    assert (await browser.post("/api/v1/session", json={"key": made["secret"]})).status_code == 200
    by_ticket = await browser_of(world, (await user.call("POST", "/tickets", {}))["url"])
    assert [(await one.get(VIEWER)).status_code for one in (browser, by_ticket)] == [200, 200]
    waiting = await world.services.sessions.caller(made["secret"], "key")
    await world.services.ctx.read(lambda conn: refuse_ended_key(conn, waiting))
    await world.call("DELETE", f"/keys/{laptop['id']}")
    assert await refusal(user, "GET", "/viewer") == (401, "unknown_key")
    with pytest.raises(Unauthorized):  # a request that has waited since before then
        await world.services.ctx.read(lambda conn: refuse_ended_key(conn, waiting))
    assert [(await one.get(VIEWER)).status_code for one in (browser, by_ticket)] == [401, 401]
    assert await refusal(world, "DELETE", f"/keys/{laptop['id']}") == (404, "key_not_found")
    short = with_key(world, (await world.call("POST", "/keys", {"name": "short", "days": 1}))["secret"])
    await short.call("GET", "/viewer")
    world.clock.advance(86401)
    assert await refusal(short, "GET", "/viewer") == (401, "unknown_key")
    for bad in ({"name": " "}, {"name": "x", "days": 0}):
        assert (await refusal(world, "POST", "/keys", bad))[0] == 422
    made = await world.call("POST", "/keys", {"name": "week", "days": 7})
    week, end = with_key(world, made["secret"]), made["key"]["expires"]
    by_week = await browser_of(world, (await week.call("POST", "/tickets", {}))["url"])
    mine = (await by_week.post("/api/v1/keys", json={"name": "mine"}, headers=CHANGING)).json()
    ends = [(await week.call("POST", "/keys", {"name": "x", **days}))["key"]["expires"] for days in ({}, {"days": 1})]
    assert [mine["key"]["expires"], *ends] == [end, end, end - 6 * 86400], "a key made with a key ends no later"
    assert await refusal(week, "POST", "/keys", {"name": "x", "days": 8}) == (422, "bad_days")
    knows_it_still = await world.services.sessions.caller(made["secret"], "key")
    world.clock.advance(end - world.clock() - 5)
    assert (await by_week.get(VIEWER)).status_code == 200
    world.clock.advance(10)
    assert (await by_week.get(VIEWER)).status_code == 401, "a session is not remembered for longer than its key"
    with pytest.raises(Unauthorized):  # a request that was let in before, or by another server
        await create_key(world.services.ctx, knows_it_still, NewKey(name="for ever"))


async def test_an_administrator_sees_and_ends_what_others_sign_in_with_and_they_their_own(world: World) -> None:
    bob, eve = world.user("bob", "member"), world.user("eve", "member")
    world.clock.advance(1)
    leaked = await bob.call("POST", "/keys", {"name": "leaked"})
    thief = with_key(world, leaked["secret"], "bob")
    browsers = [await browser_of(world, (await by.call("POST", "/tickets", {}))["url"]) for by in (bob, thief)]
    given = (await world.call("POST", "/users/bob/link"))["url"]
    assert [key["name"] for key in (await world.call("GET", "/users/bob/keys"))["keys"]] == ["leaked", "first key"]
    assert (await bob.call("GET", "/users/bob/keys")) == await bob.call("GET", "/keys")
    for method, path in (("GET", "keys"), ("DELETE", f"keys/{leaked['key']['id']}"), ("DELETE", "sessions")):
        assert await refusal(eve, method, f"/users/bob/{path}") == (403, "admins_only")
        assert await refusal(world, method, f"/users/nobody/{path}") == (404, "user_not_found")
    await world.call("DELETE", f"/users/bob/keys/{leaked['key']['id']}")
    assert await refusal(world, "DELETE", f"/users/bob/keys/{leaked['key']['id']}") == (404, "key_not_found")
    assert await refusal(thief, "GET", "/viewer") == (401, "unknown_key")
    assert [(await one.get(VIEWER)).status_code for one in browsers] == [200, 401]
    await world.call("DELETE", "/users/bob/sessions")
    assert (await browsers[0].get(VIEWER)).status_code == 401
    assert (await (await browser_of(world, given)).get(VIEWER)).status_code == 401
    again = await browser_of(world, (await bob.call("POST", "/tickets", {}))["url"])
    await bob.call("DELETE", "/users/bob/sessions")
    assert (await again.get(VIEWER)).status_code == 401
    told = [
        (entry["actor"], entry["action"], entry["detail"]) for entry in (await world.call("GET", "/audit"))["entries"]
    ]
    assert ("ann", "key.revoked", "of bob") in told
    assert {("ann", "session.ended", "everywhere"), ("bob", "session.ended", "everywhere")} <= set(told)


async def test_the_key_of_the_servers_folder_never_becomes_good_again(world: World) -> None:
    def opening(key: str) -> str:
        return world.store.write_sync(lambda conn: ensure_admin(Unit(conn, world.clock()), "ann", key))

    assert opening(world.key) == world.key
    bob = world.user("bob", "admin")
    await bob.call("PATCH", "/users/ann", {"disabled": True})
    fresh = opening(world.key)
    assert await refusal(world, "GET", "/viewer") == (401, "unknown_key")
    assert (await with_key(world, fresh, "bob").call("GET", "/viewer"))["name"] == "bob"
    await bob.call("PATCH", "/users/ann", {"disabled": False})
    (key,) = (await world.call("GET", "/keys"))["keys"]
    await world.call("DELETE", f"/keys/{key['id']}")
    assert opening(world.key) != world.key
    assert await refusal(world, "GET", "/viewer") == (401, "unknown_key")


async def test_an_address_that_was_signed_for_a_key_ends_with_it(world: World) -> None:
    await world.begin("r")
    made = await world.call("POST", "/keys", {"name": "lost"})
    caller = await world.services.sessions.caller(made["secret"], "key")
    address = await world.services.signer.sign(caller, "PUT", "/storage/runs/ann/demo/r/a.txt")
    client = world.client_with({})
    assert (await client.put(address, content=b"before")).status_code == 200
    await world.call("DELETE", f"/keys/{made['key']['id']}")
    assert (await client.put(address, content=b"after")).status_code == 403
