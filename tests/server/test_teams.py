"""Teams and invitations: who is in, who decides, and which names are free."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from account_world import CHANGING, VIEWER, browser_of, refusal, with_key
from server_world import User, World

from besom.server.api.events import event_lines
from besom.server.services.projects import find_project

pytestmark = pytest.mark.anyio


async def test_who_works_in_a_place_of_nobody_makes_a_team_and_decides_who_is_in_it(world: World) -> None:
    bob, eve = world.user("bob", "member"), world.user("eve", "member")
    await bob.call("POST", "/projects/lab/x/runs", {"id": "r", "started": 1.0})
    assert [(team["name"], team["role"]) for team in (await bob.call("GET", "/teams"))["teams"]] == [("lab", "admin")]
    assert (await bob.call("GET", "/viewer"))["teams"] == [{"name": "lab", "role": "admin"}]
    assert (await eve.call("GET", "/teams"))["teams"] == []
    assert await refusal(eve, "GET", "/projects/lab/x") == (404, "project_not_found")
    assert await refusal(eve, "PUT", "/projects/lab/y") == (403, "not_your_entity")
    assert await refusal(eve, "PUT", "/teams/lab") == (409, "name_taken")
    assert await refusal(eve, "GET", "/teams/lab") == (404, "team_not_found")
    member = "/teams/lab/members/eve"
    for role, writes in (("viewer", False), ("member", True)):
        await bob.call("PUT", member, {"role": role})
        project = await eve.call("GET", "/projects/lab/x")
        assert project["role"] == role
        if writes:
            await eve.call("PATCH", "/projects/lab/x/runs/r", {"notes": "n"})
        else:
            assert await refusal(eve, "PATCH", "/projects/lab/x/runs/r", {"notes": "n"}) == (403, "read_only")
        assert await refusal(eve, "DELETE", "/projects/lab/x") == (403, "admins_only" if writes else "read_only")
        assert (await refusal(eve, "PUT", "/teams/lab/members/ann", {"role": "member"}))[0] == 403
    assert {user["name"] for user in (await eve.call("GET", "/users"))["users"]} == {"bob", "eve"}
    assert await refusal(bob, "DELETE", "/teams/lab/members/bob") == (409, "last_admin")
    assert await refusal(bob, "PUT", "/teams/lab/members/bob", {"role": "member"}) == (409, "last_admin")
    stream = event_lines(
        world.services,
        await world.services.sessions.caller(eve.client.headers["authorization"][7:], "key"),
        world.store.read_sync(lambda conn: 1),
        lambda: _still_sees(world, eve),
    )
    assert (await anext(stream)).startswith(b": watching")
    await eve.call("DELETE", member)
    await bob.call("PATCH", "/projects/lab/x/runs/r", {"notes": "secret"})
    assert [piece async for piece in stream] == []
    assert await refusal(eve, "GET", "/projects/lab/x/runs/r") == (404, "project_not_found")
    await bob.call("PUT", member, {"role": "member"})
    assert await refusal(eve, "DELETE", "/teams/lab") == (403, "admins_only")
    assert await refusal(bob, "DELETE", "/teams/lab") == (409, "team_has_projects")
    await bob.call("DELETE", "/projects/lab/x/runs/r")
    await bob.call("DELETE", "/projects/lab/x")
    invited = (await bob.call("POST", "/teams/lab/invitations", {}))["url"]
    await bob.call("DELETE", "/teams/lab")
    secret = {"secret": urlsplit(invited).fragment}
    assert await refusal(eve, "POST", "/invitations/look", secret) == (401, "invitation_over")
    world.clock.advance(1)
    await eve.call("PUT", "/teams/lab")
    assert [one["name"] for one in (await eve.call("GET", "/teams/lab"))["members"]] == ["eve"]
    assert [entry["actor"] for entry in (await eve.call("GET", "/audit?entity=lab"))["entries"]] == ["eve"]
    assert "team.deleted" in [entry["action"] for entry in (await world.call("GET", "/audit?entity=lab"))["entries"]]


async def _still_sees(world: World, user: User) -> None:
    caller = await world.services.sessions.caller(user.client.headers["authorization"][7:], "key")
    await world.services.ctx.read(lambda conn: find_project(conn, caller, "lab", "x"))


async def test_an_invitation_lets_one_person_in_with_an_account_or_with_a_new_one(world: World) -> None:
    bob = await world.member("bob", "lab", "admin")
    made = await bob.call("POST", "/teams/lab/invitations", {"role": "member", "days": 3})
    address = urlsplit(made["url"])
    secret = {"secret": address.fragment}
    assert (address.path, address.query) == ("/join", "")
    stranger = User(world.client_with({}), "zoe")
    view = await stranger.call("POST", "/invitations/look", secret)
    assert (view["team"], view["role"], view["invited_by"]) == ("lab", "member", "bob")
    assert await refusal(stranger, "POST", "/invitations/accept", secret) == (422, "no_name")
    for taken in ("bob", "lab"):
        assert await refusal(stranger, "POST", "/invitations/accept", {**secret, "name": taken}) == (409, "name_taken")
    joined = await stranger.call("POST", "/invitations/accept", {**secret, "name": "zoe"})
    (begun,) = (await world.call("GET", "/audit?limit=1"))["entries"]
    assert (begun["actor"], begun["action"], begun["detail"]) == ("zoe", "session.begun", "by an invitation")
    assert joined["viewer"]["teams"] == [{"name": "lab", "role": "member"}]
    assert (await stranger.client.get(VIEWER)).json()["name"] == "zoe"
    assert (await with_key(world, joined["key"], "zoe").call("GET", "/viewer"))["role"] == "member"
    for path in ("look", "accept"):
        assert await refusal(stranger, "POST", f"/invitations/{path}", secret) == (
            (401, "invitation_over") if path == "look" else (403, "no_csrf_header")
        )
    carl = world.user("carl", "member")
    browser = await browser_of(world, (await carl.call("POST", "/tickets", {}))["url"])
    again = await bob.call("POST", "/teams/lab/invitations", {"role": "viewer"})
    body = {"secret": urlsplit(again["url"]).fragment}
    reply = await browser.post("/api/v1/invitations/accept", json=body, headers=CHANGING)
    assert (reply.json()["viewer"]["name"], reply.json()["key"]) == ("carl", None)
    for end in ("withdrawn", "demoted"):
        made = await bob.call("POST", "/teams/lab/invitations", {})
        if end == "withdrawn":
            (known,) = (await bob.call("GET", "/teams/lab"))["invitations"]
            await bob.call("DELETE", f"/teams/lab/invitations/{known['id']}")
        else:
            await world.call("PUT", "/teams/lab/members/bob", {"role": "member"})
        secret = {"secret": urlsplit(made["url"]).fragment}
        nobody = User(world.client_with({}), "")
        assert await refusal(nobody, "POST", "/invitations/look", secret) == (401, "invitation_over"), end


async def test_names_that_people_take_for_one_another_are_one_name(world: World) -> None:
    world.user("bob", "member")
    await world.call("PUT", "/teams/Vision")
    for name, status in (("Bob", 409), ("VISION", 409), ("b\u043eb", 422)):
        assert (await refusal(world, "POST", "/users", {"name": name}))[0] == status
    for team in ("BOB", "vision"):
        assert await refusal(world, "PUT", f"/projects/{team}/x") == (409, "name_taken")
