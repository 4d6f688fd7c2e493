"""Users, keys, teams, invitations: who gets in, who is let out, and what is written down of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from server_world import RANDOM, Refused, User, World, exit_record, history, line

from besom.protocol import NewKey
from besom.server.api.events import event_lines
from besom.server.limits.door import Door, Overloaded
from besom.server.limits.settings import Limits
from besom.server.services.addresses import is_of_this_machine
from besom.server.services.agents import refuse_ended_key
from besom.server.services.context import Unit
from besom.server.services.keys import create_key
from besom.server.services.projects import find_project
from besom.server.services.refusals import Unauthorized
from besom.server.services.sessions import Sessions
from besom.server.services.users import ensure_admin, new_secret
from besom.server.wandb.ids import opaque

pytestmark = pytest.mark.anyio

VIEWER = "/api/v1/viewer"
CHANGING = {"X-Besom": "1"}


def with_key(world: World, key: str, name: str = "ann") -> User:
    return User(world.client_with({"Authorization": f"Bearer {key}"}), name)


async def refusal(user: User, method: str, path: str, body: Any = None) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await user.call(method, path, body)
    return refused.value.status, refused.value.code


async def browser_of(world: World, url: str) -> httpx.AsyncClient:
    browser = world.client_with({})
    parts = urlsplit(url)
    if parts.fragment:
        await browser.post("/api/v1/session", json={"ticket": parts.fragment})
    else:
        await browser.get(f"{parts.path}?{parts.query}")
    return browser


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
        await create_key(world.services.ctx, world.services.sessions, knows_it_still, NewKey(name="for ever"))


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


async def test_a_service_key_runs_the_agents_and_programs_of_its_sweep_and_is_good_for_nothing_else(
    world: World,
) -> None:
    code = b"print()"

    digest = hashlib.sha256(code).hexdigest()
    await world.call("PUT", "/projects/ann/demo")
    for body in (code, b"hidden"):
        await world.client.put(f"/api/v1/projects/ann/demo/blobs/{hashlib.sha256(body).hexdigest()}", content=body)
    files = {"files": [{"path": "train.py", "digest": digest, "size": len(code)}]}
    sweep, other = await world.sweep(RANDOM, code=files), await world.sweep(RANDOM)
    theirs = await world.next(await world.join(other))
    made = await world.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    service = with_key(world, made["secret"])
    assert (await service.call("GET", "/viewer"))["service"] == sweep
    await service.call("GET", f"/sweeps/{sweep}/code")
    blobs = "/api/v1/projects/ann/demo/blobs"
    assert (await service.client.get(f"{blobs}/{digest}")).content == code
    hidden = hashlib.sha256(b"hidden").hexdigest()
    assert (await service.client.get(f"{blobs}/{hidden}")).status_code == 403
    agent = await service.join(sweep)
    work = await service.next(agent)
    run = work["run_id"]
    at = (await service.begin(run, sweep, agent_id=agent))["offset"]
    sent = hashlib.sha256(b"weights").hexdigest()
    assert (await service.client.put(f"{blobs}/{sent}", content=b"weights")).status_code == 204
    await service.send(run, history(0, {"loss": 0.5}) + exit_record(0), at)
    assert (await service.exit(agent, run))["state"] == "finished"
    artifact = {"name": "model", "type": "model", "files": [{"path": "w", "digest": sent, "size": 7}]}
    await service.call("POST", service.runs_path(f"{run}/artifacts"), artifact)
    assert (await service.runs(sweep=sweep))["total"] == 1
    await service.call("DELETE", f"/agents/{agent}")
    for method, path, body in (
        ("POST", service.runs_path(), {"id": "mine", "started": 1.0}),
        ("POST", service.runs_path(), {"id": "mine", "started": 1.0, "sweep_id": other}),
        ("POST", service.runs_path(), {"id": theirs["run_id"], "started": 1.0, "sweep_id": sweep, "resume": "allow"}),
        ("GET", service.runs_path(theirs["run_id"]), None),
        ("POST", f"/sweeps/{other}/agents", {"host": "box", "pid": 1}),
        ("POST", f"/sweeps/{sweep}/state", {"action": "stop"}),
        ("GET", "/projects", None),
        ("GET", "/keys", None),
        ("POST", "/keys", {"name": "more"}),
        ("POST", "/tickets", {}),
        ("GET", service.runs_path(), None),
    ):
        status, _ = await refusal(service, method, path, body)
        assert status in (403, 404), (method, path)
    reply = await world.client_with({}).post("/api/v1/session", json={"key": made["secret"]})
    assert reply.json()["error"]["code"] == "beyond_key"
    await world.call("DELETE", f"/sweeps/{sweep}")
    world.clock.advance(31)
    assert await refusal(service, "GET", "/viewer") == (401, "unknown_key")


async def test_a_service_key_ends_with_the_rights_of_its_maker(world: World) -> None:
    bob = await world.member("bob", "lab", "member")
    sweep = (await bob.call("POST", "/projects/lab/x/sweeps", {"config": RANDOM}))["sweep"]["id"]
    made = await bob.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    service = with_key(world, made["secret"])
    agent = await service.join(sweep)
    await world.call("PUT", "/teams/lab/members/bob", {"role": "viewer"})
    assert await refusal(service, "POST", f"/agents/{agent}/next", {}) == (403, "read_only")
    assert await refusal(bob, "POST", "/keys", {"name": "cluster", "sweep_id": sweep}) == (403, "read_only")
    await world.call("DELETE", "/teams/lab/members/bob")
    assert await refusal(service, "GET", f"/sweeps/{sweep}") == (404, "sweep_not_found")


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


async def test_who_makes_keys_up_is_held_back_by_the_address_and_good_keys_from_there_are_not(world: World) -> None:
    world.client._transport.app.state.door = Door(Limits(guesses=1), lambda: 0.0, lambda: 0)
    await world.call("GET", "/viewer")
    seen = []
    for _ in range(40):
        stranger = world.client_with({"Authorization": f"Bearer {new_secret()}"})
        seen.append((await stranger.get(VIEWER)).status_code)
    assert seen[0] == 401
    assert set(seen[20:]) == {429}
    world.client._transport.app.state.metrics._key = "a-key-that-opens-metrics-alone"
    scrape = world.client_with({"Authorization": "Bearer a-key-that-opens-metrics-alone"})
    assert (await scrape.get("/metrics")).status_code == 200, "the key for metrics is no guess"
    endings = world.services.sessions.endings
    for method, path, more in (
        ("GET", "/api/v1/events?entity=ann&project=p", {"Authorization": "Bearer "}),
        ("GET", "/login?ticket=", {}),
        ("DELETE", "/api/v1/session", {"X-Besom": "1", "Cookie": "besom_session_7878="}),
    ):
        world.client._transport.app.state.door = Door(Limits(guesses=1), lambda: 0.0, lambda: 0)
        seen = []
        for _ in range(40):
            secret = new_secret()
            headers = {name: value if name == "X-Besom" else value + secret for name, value in more.items()}
            address = path + secret if path.endswith("=") else path
            seen.append((await world.client_with({}).request(method, address, headers=headers)).status_code)
        assert seen[0] != 429, path
        assert set(seen[20:]) == {429}, path
    assert world.services.sessions.endings == endings, "nobody is looked up anew for what is made up"
    world.services.sessions.forget()
    assert (await world.call("GET", "/viewer"))["name"] == "ann"
    fresh = with_key(world, (await world.call("POST", "/keys", {"name": "new"}))["secret"])
    assert (await fresh.call("GET", "/viewer"))["name"] == "ann", "a key that was just made is no guess"
    begun_anew = Sessions(world.services.ctx)
    await begun_anew.meet_all()
    assert begun_anew.knows(world.key)
    assert not begun_anew.knows("x" * 40)
    door = Door(Limits(guesses=1), lambda: 0.0, lambda: 0)
    for number in range(40):
        door.count_guess(f"2001:db8::{number:x}:1")
        door.count_guess(f"::ffff:10.0.0.{number}")
    for held in ("2001:db8::ffff:0:0:7", "2001:0db8::"):
        with pytest.raises(Overloaded):
            door.refuse_guessing(held)
    for free in ("2001:db8:0:1::1", "10.0.0.41", "10.0.0.1", ""):
        door.refuse_guessing(free)


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


async def test_a_service_key_takes_no_alias_from_what_others_have_logged(world: World) -> None:
    sweep, runs = await world.sweep(RANDOM), "/projects/ann/demo/runs"
    await world.begin("theirs")
    run = (await world.next(await world.join(sweep)))["run_id"]
    at = (await world.begin(run, sweep))["offset"]
    digest = hashlib.sha256(b"weights").hexdigest()
    await world.client.put(f"/api/v1/projects/ann/demo/blobs/{digest}", content=b"weights")
    model = {"name": "model", "type": "model", "aliases": ["production"], "files": []}
    await world.call("POST", f"{runs}/theirs/artifacts", model)
    made = await world.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    service = with_key(world, made["secret"])
    for number, alias in enumerate(("production", "mine", "mine")):
        files = [{"path": f"w{number}", "digest": digest, "size": 7}]
        mine = {**model, "aliases": [alias], "files": files}
        if number == 2:
            logged = {"type": "artifact", "artifact": {**mine, "aliases": ["production", "mine"]}}
            await service.send(run, line(logged), at)
        else:
            await service.call("POST", f"{runs}/{run}/artifacts", mine)
    kept = (await world.call("GET", "/projects/ann/demo/artifacts"))["artifacts"]
    found = {version["version"]: sorted(version["aliases"]) for version in kept}
    assert found == {0: ["production"], 1: [], 2: [], 3: ["latest", "mine"]}


async def test_a_service_key_reads_the_artifacts_of_its_project_if_it_was_made_for_that(world: World) -> None:
    sweep, runs = await world.sweep(RANDOM), "/projects/ann/demo/runs"
    await world.begin("theirs")
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    digests = {body: hashlib.sha256(body).hexdigest() for body in (b"data", b"hidden")}
    for body, digest in digests.items():
        await world.client.put(f"/api/v1/projects/ann/demo/blobs/{digest}", content=body)
    files = [{"path": "a.csv", "digest": digests[b"data"], "size": 4}]
    await world.call("POST", f"{runs}/theirs/artifacts", {"name": "data", "type": "dataset", "files": files})
    assert await refusal(world, "POST", "/keys", {"name": "x", "read_artifacts": True}) == (422, "not_a_service_key")
    asked = {"name": "cluster", "sweep_id": sweep}
    plain = with_key(world, (await world.call("POST", "/keys", asked))["secret"])
    made = await world.call("POST", "/keys", {**asked, "read_artifacts": True})
    assert made["key"]["read_artifacts"] is True
    reader = with_key(world, made["secret"])
    blob = f"/projects/ann/demo/blobs/{digests[b'data']}"
    for path in ("/projects/ann/demo/artifacts/data:latest", "/projects/ann/demo/artifacts?name=data", blob):
        assert (await reader.client.get(f"/api/v1{path}")).status_code == 200, path
        assert await refusal(plain, "GET", path) == (403, "beyond_key")
    # What the other client needs: the same by GraphQL and by signed addresses, and the note that a run used it.
    version, input = opaque("Artifact", "ann", "demo", "data:v0"), {"projectName": "demo", "runName": run}
    use = {
        "query": "mutation($input: UseArtifactInput!) { useArtifact(input: $input) "
        "{ artifact { id createdBy { name } currentManifest { file { directUrl } } } } }",
        "variables": {"input": {"artifactID": version, "entityName": "ann", **input}},
    }
    assert (await plain.client.post("/graphql", json=use)).status_code == 403
    used = (await reader.client.post("/graphql", json=use)).json()["data"]["useArtifact"]["artifact"]
    manifest = urlsplit(used["currentManifest"]["file"]["directUrl"])
    kept = (await world.client_with({}).get(f"{manifest.path}?{manifest.query}")).json()
    assert list(kept["contents"]) == ["a.csv"]
    caller = await world.services.sessions.caller(made["secret"], "key")
    for body, status in ((b"data", 200), (b"hidden", 403)):
        path = f"/storage/blobs/ann/demo/{digests[body]}/a.csv"
        address = await world.services.signer.sign(caller, "GET", path)
        assert (await world.client_with({}).get(address)).status_code == status
        assert (await reader.client.get(f"/api/v1/projects/ann/demo/blobs/{digests[body]}")).status_code == status
    await world.call("PUT", "/projects/ann/other")
    for method, path in (
        ("GET", f"{runs}/theirs"),
        ("GET", "/projects/ann/demo"),
        ("GET", "/projects/ann/other/artifacts"),
        ("POST", "/projects/ann/demo/artifacts"),
    ):
        body = {"name": "data", "type": "dataset", "files": []} if method == "POST" else None
        assert (await refusal(reader, method, path, body))[0] in (403, 404), path
    gone = {"query": "mutation($id: ID!) { deleteArtifact(input: {artifactID: $id}) { artifact { id } } }"}
    assert (await reader.client.post("/graphql", json={**gone, "variables": {"id": version}})).status_code == 403


async def test_names_that_people_take_for_one_another_are_one_name(world: World) -> None:
    world.user("bob", "member")
    await world.call("PUT", "/teams/Vision")
    for name, status in (("Bob", 409), ("VISION", 409), ("b\u043eb", 422)):
        assert (await refusal(world, "POST", "/users", {"name": name}))[0] == status
    for team in ("BOB", "vision"):
        assert await refusal(world, "PUT", f"/projects/{team}/x") == (409, "name_taken")


async def test_an_address_that_was_signed_for_a_key_ends_with_it(world: World) -> None:
    await world.begin("r")
    made = await world.call("POST", "/keys", {"name": "lost"})
    caller = await world.services.sessions.caller(made["secret"], "key")
    address = await world.services.signer.sign(caller, "PUT", "/storage/runs/ann/demo/r/a.txt")
    client = world.client_with({})
    assert (await client.put(address, content=b"before")).status_code == 200
    await world.call("DELETE", f"/keys/{made['key']['id']}")
    assert (await client.put(address, content=b"after")).status_code == 403
