"""Accounts and browser sessions: who gets in, who is let out, and what is written down of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from account_world import CHANGING, VIEWER, browser_of, refusal, with_key
from server_world import RANDOM, User, World

pytestmark = pytest.mark.anyio


async def test_an_administrator_makes_closes_and_opens_accounts_and_one_administrator_stays(world: World) -> None:
    made = await world.call("POST", "/users", {"name": "dora"})
    address = urlsplit(made["url"])
    assert (address.path, address.query) == ("/sign-in", "")
    assert (await world.client_with({}).get(address.path)).status_code == 200, "what previews links spends nothing"
    browser = await browser_of(world, made["url"])
    spent = {"ticket": address.fragment}
    assert await refusal(User(world.client_with({}), ""), "POST", "/session", spent) == (401, "ticket_spent")
    for neither in ({}, {"key": world.key, **spent}):
        assert await refusal(User(world.client_with({}), ""), "POST", "/session", neither) == (422, "bad_sign_in")
    key = (await browser.post("/api/v1/keys", json={"name": "mine"}, headers=CHANGING)).json()["secret"]
    dora = with_key(world, key, "dora")
    assert (await dora.call("GET", "/viewer"))["role"] == "member"
    await dora.call("PUT", "/projects/dora/p")
    link = urlsplit((await dora.call("PUT", f"/sweeps/{await dora.sweep(RANDOM)}/link"))["url"]).path
    assert await refusal(dora, "POST", "/users", {"name": "x"}) == (403, "admins_only")
    assert await refusal(dora, "PATCH", "/users/dora", {"role": "admin"}) == (403, "admins_only")
    await world.call("PATCH", "/users/dora", {"disabled": True})
    assert await refusal(dora, "GET", "/viewer") == (401, "unknown_key")
    assert (await browser.get(VIEWER)).status_code == 401
    assert (await world.client_with({}).get(link + VIEWER)).status_code == 403
    assert await refusal(world, "POST", "/users/dora/link") == (409, "user_disabled")
    assert (await world.call("GET", "/projects/dora/p"))["role"] == "admin"
    await world.call("PATCH", "/users/dora", {"disabled": False, "role": "viewer"})
    assert await refusal(dora, "PUT", "/projects/dora/q") == (403, "read_only")
    assert (await browser.get(VIEWER)).status_code == 401, "an account that was opened again has its old session"
    anew = await browser_of(world, (await world.call("POST", "/users/dora/link"))["url"])
    assert (await anew.get(VIEWER)).json()["name"] == "dora"
    for change in ({"disabled": True}, {"role": "member"}):
        assert await refusal(world, "PATCH", "/users/ann", change) == (409, "last_admin")
    for taken in ("dora", "api", "a/b"):
        assert (await refusal(world, "POST", "/users", {"name": taken}))[0] in (409, 422)


async def test_a_browser_gets_a_fresh_session_with_each_sign_in_and_can_sign_out(world: World) -> None:
    browser = world.client_with({})
    cookies = []
    for _ in range(2):
        assert (await browser.post("/api/v1/session", json={"key": world.key})).status_code == 200
        cookies.append(dict(browser.cookies))
    assert cookies[0] != cookies[1]
    old = world.client_with({})
    old.cookies.update(cookies[0])
    assert (await old.get(VIEWER)).status_code == 401
    assert (await browser.delete("/api/v1/session")).status_code == 403
    assert (await browser.delete("/api/v1/session", headers=CHANGING)).status_code == 204
    late = world.client_with({})
    late.cookies.update(cookies[1])
    assert [(await one.get(VIEWER)).status_code for one in (browser, late)] == [401, 401]


async def test_the_audit_log_tells_who_did_what_to_those_who_may_know_and_holds_no_secrets(world: World) -> None:
    bob = await world.member("bob", "lab", "admin")
    sweep = (await bob.call("POST", "/projects/lab/x/sweeps", {"config": RANDOM}))["sweep"]["id"]
    await bob.command(sweep, "pause")
    key = await bob.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    link = (await bob.call("PUT", f"/sweeps/{sweep}/link"))["url"]
    invitation = (await bob.call("POST", "/teams/lab/invitations", {}))["url"]
    await bob.call("DELETE", f"/sweeps/{sweep}")
    await bob.call("DELETE", "/projects/lab/x")
    stranger = world.client_with({})
    for path, body in (
        ("session", {"key": "x" * 40}),
        ("session", {"key": "x" * 40}),
        ("session", {"ticket": "x" * 40}),
        ("invitations/look", {"secret": "x" * 40}),
        ("invitations/accept", {"secret": "x" * 40, "name": "zoe"}),
    ):
        if path == "invitations/look":
            world.clock.advance(61)
        assert (await stranger.post(f"/api/v1/{path}", json=body)).status_code == 401
    told = (await bob.call("GET", "/audit?entity=lab"))["entries"][::-1]
    actions = "team.made member.added sweep.pause key.made link.made invitation.made sweep.deleted project.deleted"
    assert [entry["action"] for entry in told] == actions.split()
    by = told[-1]
    assert (by["actor"], by["key"], by["address"], by["project"]) == ("bob", "first key", "127.0.0.1", "x")
    whole = await world.call("GET", "/audit?limit=4")
    older = await world.call("GET", f"/audit?limit=1000&cursor={whole['cursor']}")
    assert len({entry["id"] for entry in (*whole["entries"], *older["entries"])}) == len(told) + 2
    refused = [entry["action"] for entry in whole["entries"][:2]]
    assert refused == ["invitation.refused", "session.refused"], "one entry a minute from an address"
    for user in (bob, world.user("eve", "viewer")):
        assert (await refusal(user, "GET", "/audit"))[0] == 403
    assert await refusal(world.user("joe", "member"), "GET", "/audit?entity=lab") == (404, "team_not_found")
    await bob.call("DELETE", "/teams/lab")
    world.clock.advance(1)
    heir = world.user("lab", "member")
    assert (await heir.call("GET", "/audit?entity=lab"))["entries"] == [], "the name was others' then"
    assert len((await world.call("GET", "/audit?entity=lab"))["entries"]) > len(told)
    if world.store.url.drivername.startswith("sqlite"):
        place = Path(world.store.url.database)
        stored = b"".join(file.read_bytes() for file in place.parent.glob(f"{place.name}*"))
        for secret in (key["secret"], link[-40:], invitation[-40:]):
            assert secret.encode() not in stored
