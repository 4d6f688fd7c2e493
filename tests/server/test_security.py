"""Who gets in, and who does not."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from server_world import RANDOM, Refused, World

from besom.server.services.naming import safe_name
from besom.server.services.users import KEY_SHAPE, digest, new_secret
from besom.server.store import secrets

pytestmark = pytest.mark.anyio

VIEWER = "/api/v1/viewer"


async def status(client: httpx.AsyncClient, method: str = "GET", path: str = VIEWER, **options) -> int:
    return (await client.request(method, path, **options)).status_code


async def sign_in(world: World) -> httpx.AsyncClient:
    """A browser with a session."""
    ticket = await world.call("POST", "/tickets", {"path": "/ann/demo"})
    browser = world.client_with({})
    parts = urlsplit(ticket["url"])
    reply = await browser.get(f"{parts.path}?{parts.query}")
    assert (reply.status_code, reply.headers["location"]) == (302, "/ann/demo")
    return browser


async def test_without_a_key_nobody_gets_in(world: World) -> None:
    stranger = world.client_with({})
    assert await status(stranger) == 401
    assert await status(stranger, path="/api/v1/projects") == 401
    assert await status(stranger, path="/healthz") == 200


async def test_the_key_may_come_as_bearer_or_as_basic_with_any_user(world: World) -> None:
    for scheme in (f"Bearer {world.key}", "Basic " + base64.b64encode(f"api:{world.key}".encode()).decode()):
        assert await status(world.client_with({"Authorization": scheme})) == 200


@pytest.mark.parametrize("header", ["Bearer " + "x" * 40, "Bearer", "Basic !!!", "Digest abc", "Bearer short"])
async def test_a_wrong_key_is_refused(world: World, header: str) -> None:
    assert await status(world.client_with({"Authorization": header})) == 401


async def test_keys_have_the_shape_that_clients_accept_and_only_their_hash_is_stored(world: World) -> None:
    assert KEY_SHAPE.fullmatch(world.key)
    found = world.store.read_sync(lambda conn: secrets.owner(conn, digest(world.key), "key", 0.0))
    assert found.name == "ann"
    database = Path(world.store.url.database)
    stored = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert digest(world.key).encode() in stored
    assert world.key.encode() not in stored


async def test_a_ticket_signs_in_once(world: World) -> None:
    ticket = await world.call("POST", "/tickets", {"path": "/"})
    path = ticket["url"].removeprefix("http://127.0.0.1:7878")
    browser = world.client_with({})
    assert (await browser.get(path)).status_code == 302
    assert await status(browser) == 200
    stranger = world.client_with({})
    assert (await stranger.get(path)).headers["location"] == "/?ticket=spent"
    assert await status(stranger) == 401


async def test_a_spent_ticket_leads_on_those_who_are_signed_in(world: World) -> None:
    url = (await world.call("POST", "/tickets", {"path": "/ann/demo?tab=runs"}))["url"]
    browser = world.client_with({})
    for _ in range(2):
        assert (await browser.get(url)).headers["location"] == "/ann/demo?tab=runs"
    assert (await world.client_with({}).get(url)).headers["location"] == "/ann/demo?tab=runs&ticket=spent"


async def test_only_a_sign_in_that_ends_a_session_lets_the_server_look_everybody_up_anew(world: World) -> None:
    sessions, browser = world.services.sessions, world.client_with({})
    before = sessions.endings
    await sign_in(world)
    assert await status(browser, "POST", "/api/v1/session", json={"key": world.key}) == 200
    assert sessions.endings == before
    former = world.client_with({"Cookie": f"besom_session_7878={browser.cookies['besom_session_7878']}"})
    assert await status(former) == 200
    assert await status(browser, "POST", "/api/v1/session", json={"key": world.key}) == 200
    assert sessions.endings == before + 1
    assert await status(former) == 401


async def test_a_ticket_is_good_for_twelve_hours(world: World) -> None:
    ticket = await world.call("POST", "/tickets", {"path": "/"})
    world.clock.advance(12 * 3600 + 1)
    late = world.client_with({})
    assert (await late.get(ticket["url"])).headers["location"] == "/?ticket=spent"
    assert await status(late) == 401


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb"])
async def test_a_ticket_leads_nowhere_else(world: World, path: str) -> None:
    with pytest.raises(Refused):
        await world.call("POST", "/tickets", {"path": path})
    assert (await world.client_with({}).get("/login", params={"next": path})).status_code == 422


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_foreign_pages(world: World) -> None:
    reply = await world.client_with({}).post("/api/v1/session", json={"key": world.key})
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("besom_session_7878=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert reply.json()["name"] == "ann"


async def test_the_sign_in_form_refuses_a_wrong_key(world: World) -> None:
    assert await status(world.client_with({}), "POST", "/api/v1/session", json={"key": "x" * 40}) == 401


async def test_a_session_changes_something_only_with_the_header_that_no_foreign_page_can_send(world: World) -> None:
    browser = await sign_in(world)
    body = {"id": "r", "started": 1.0}
    path = "/api/v1/projects/ann/demo/runs"
    assert await status(browser, "POST", path, json=body) == 403
    assert await status(browser, "POST", path, json=body, headers={"X-Besom": "1"}) == 200


async def test_a_session_ends(world: World) -> None:
    browser = await sign_in(world)
    world.clock.advance(31 * 86400)
    assert await status(browser) == 401


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:7878", 200),
        ("127.0.0.1:7878", 200),
        ("[::1]:7878", 200),
        ("10.1.2.3", 200),
        ("evil.example:7878", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
        ("a:b:c", 403),
    ],
)
async def test_a_name_that_is_not_the_servers_is_refused(world: World, host: str, expected: int) -> None:
    assert await status(world.client, headers={"Host": host}) == expected


async def test_a_foreign_page_changes_nothing(world: World) -> None:
    body = {"id": "r", "started": 1.0}
    path = "/api/v1/projects/ann/demo/runs"
    for origin, expected in {"http://evil.example": 403, "null": 403, "http://localhost:7878": 200}.items():
        assert await status(world.client, "POST", path, json=body, headers={"Origin": origin}) == expected


async def test_every_answer_carries_the_security_headers(world: World) -> None:
    for path in ("/", "/healthz", VIEWER, "/api/v1/nope", "/assets/none.js"):
        headers = (await world.client.get(path)).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")  # nothing inline, no other host
        assert headers["x-content-type-options"] == "nosniff"


async def test_a_viewer_looks_and_changes_nothing(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    viewer = world.user("eve", "viewer")
    attempts = [
        viewer.call("POST", "/projects/team/x/runs", {"id": "r", "started": 1.0}),
        viewer.sweep(RANDOM),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            await attempt
        assert (refused.value.status, refused.value.code) == (403, "read_only")
    with pytest.raises(Refused, match="no sweep"):
        await viewer.show(sweep)


async def test_what_is_another_users_own_is_neither_seen_nor_touched(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    await world.begin("r")
    bob = world.user("bob", "member")
    for path in ("/projects/ann/demo", "/projects/ann/demo/runs", "/projects/ann/demo/runs/r", f"/sweeps/{sweep}"):
        with pytest.raises(Refused) as refused:
            await bob.call("GET", path)
        assert refused.value.status == 404
    assert (await bob.call("GET", "/projects"))["projects"] == []
    for path in ("/projects/ann/demo/runs", "/projects/ann/new/runs"):
        with pytest.raises(Refused) as refused:
            await bob.call("POST", path, {"id": "x", "started": 1.0})
        assert (refused.value.status, refused.value.code) == (403, "not_your_entity")


async def test_a_crash_tells_the_caller_a_number_and_nothing_else(world: World, caplog) -> None:
    world.services.ctx.clock = lambda: 1 / 0
    path = "/api/v1/projects/a%0aforged/p"
    reply = await world.client.get(path, headers={"Authorization": "Bearer " + new_secret()})
    assert reply.status_code == 500
    error = reply.json()["error"]
    number = error["message"].split("error ")[1].rstrip(").")
    assert "division" not in reply.text
    [told] = [record for record in caplog.records if number in record.getMessage()]
    assert told.exc_info
    assert "\n" not in told.getMessage(), "a line of the log that the caller wrote"


async def test_unknown_addresses_and_methods_have_the_shape_of_all_errors(world: World) -> None:
    for method, path, expected in (
        ("GET", "/api/v1/nope", 404),
        ("POST", "/api/v1/nope", 404),
        ("DELETE", "/api/v1/viewer", 405),
        ("GET", "/api/v1/projects/ann/demo", 404),
    ):
        reply = await world.client.request(method, path)
        assert reply.status_code == expected
        assert reply.json()["error"]["message"]


async def test_a_body_that_is_too_large_or_no_json_is_refused_in_words(world: World) -> None:
    path = "/api/v1/projects/ann/demo/runs"
    large = await world.client.post(path, content=b'"' + b"x" * (16 * 2**20) + b'"')
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
    broken = await world.client.post(path, content=b"{")
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("agents/a/heartbeat", b'{"holding": 7}', "Expected `array`"),
        ("agents/a/next", b"[]", "Expected `object`"),
        ("projects/ann/demo/runs", b'{"spool": "s"}', "missing required field `id`"),
        ("projects/ann/demo/runs/r/stream?offset=-1&spool=s", b"", ">= 0"),
        ("projects/ann/demo/runs/r/stream?spool=s", b"", "'offset'"),
        ("projects/ann/demo/runs/r/stream?offset=0&begin=perhaps", b"", "begin"),
    ],
)
async def test_what_is_wrong_with_a_request_on_the_short_way_is_said_too(
    world: World, path: str, body: bytes, said: str
) -> None:
    refused = await world.client.post(f"/api/v1/{path}", content=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_request")
    assert said in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("text", "name"), [("ann", "ann"), ("DOM\\Ann Lee", "DOM-Ann-Lee"), ("", "admin"), ("api", "admin"), ("é", "admin")]
)
def test_the_administrator_is_named_after_the_systems_user(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_the_modes_of_private_files_are_what_they_should_be(tmp_path) -> None:
    from besom.private_file import write_private

    place = tmp_path / "key"
    place.write_text("old")
    place.chmod(0o644)
    write_private(place, "new")
    assert place.read_text() == "new"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
