"""Large files pass the server by: only the right bytes get to the store, only for who may, and nothing is lost where
the store is out of reach."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import urllib3
from server_world import Refused, World

from besom.client import blobs as sending
from besom.client import direct
from besom.client.connection import Connection
from besom.errors import NotFound
from besom.protocol import Viewer
from besom.server.services.blobs import UNNAMED_SECONDS, collect_unnamed
from besom.server.services.receiving import DELETING_SECONDS
from besom.server.store import blob_direct
from besom.server.store.blob_direct import open_direct
from besom.server.store.blob_folder import BlobFolder
from besom.server.store.blob_objects import BlobObjects
from besom.server.store.errors import StoreError
from object_store import BUCKET, REAL, object_store, objects
from server_process import ServerProcess

BLOBS = "/projects/ann/demo/blobs"
LARGE = b"the weights of a model" * 60_000
DIGEST = hashlib.sha256(LARGE).hexdigest()


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with object_store() as environment:
        yield environment


@pytest.fixture
def place(bucket: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in bucket.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/direct-{tmp_path.name}"


@pytest.fixture
async def stored(world: World, place: str, tmp_path: Path) -> World:
    """A server whose clients reach its object store."""
    world.services.blobs = BlobObjects(place, tmp_path / "scratch")
    world.services.direct = open_direct(world.services.blobs)
    await world.call("PUT", "/projects/ann/demo")
    return world


async def ask(world: World, digest: str = DIGEST, size: int = len(LARGE)) -> dict[str, object]:
    return await world.call("POST", f"{BLOBS}/{digest}/upload?size={size}")


def send(place: dict[str, object], content: bytes) -> int:
    return httpx.put(str(place["url"]), content=content, headers=dict(place["headers"])).status_code  # type: ignore[call-overload]


@pytest.mark.anyio
async def test_the_store_takes_only_the_bytes_of_the_digest_and_only_then_the_project_has_them(stored: World) -> None:
    place = await ask(stored)
    assert send(place, LARGE[:-1] + b"!") == 400
    with pytest.raises(Refused, match="not_arrived"):
        await stored.call("POST", f"{BLOBS}/{DIGEST}/uploaded")
    assert send(place, LARGE) == 200
    assert (await stored.call("POST", f"{BLOBS}/missing", {"digests": [DIGEST]}))["digests"] == [DIGEST]
    for _ in range(2):
        await stored.call("POST", f"{BLOBS}/{DIGEST}/uploaded")
    assert (await stored.call("POST", f"{BLOBS}/missing", {"digests": [DIGEST]}))["digests"] == []
    assert (await ask(stored))["present"]
    found = await stored.client.get(f"/api/v1{BLOBS}/{DIGEST}?direct=true")
    assert (found.status_code, found.headers["cache-control"], found.content) == (307, "no-store", b"")
    there = httpx.get(found.headers["location"], headers={"Range": "bytes=22-43"})
    assert (there.status_code, there.content) == (206, LARGE[:22])
    through = await stored.client.get(f"/api/v1{BLOBS}/{DIGEST}")
    assert through.content == LARGE, "who does not ask for it is not sent away"


@pytest.mark.anyio
@pytest.mark.skipif(not REAL, reason="moto takes any signature: make store-checks has a store that does not")
async def test_a_signed_request_is_good_for_one_object_and_one_deed(stored: World) -> None:
    place = await ask(stored)
    other = hashlib.sha256(b"other").hexdigest()
    elsewhere = str(place["url"]).replace(DIGEST, other)
    assert httpx.put(elsewhere, content=LARGE, headers=dict(place["headers"])).status_code == 403  # type: ignore[call-overload]
    assert send(place, LARGE) == 200
    await stored.call("POST", f"{BLOBS}/{DIGEST}/uploaded")
    address = (await stored.client.get(f"/api/v1{BLOBS}/{DIGEST}?direct=true")).headers["location"]
    assert httpx.get(address).status_code == 200
    assert httpx.delete(address).status_code == 403
    assert httpx.put(address, content=b"other").status_code == 403
    assert httpx.get(address.replace(DIGEST, other)).status_code == 403
    assert httpx.get(address.partition("?")[0]).status_code == 403


@pytest.mark.anyio
async def test_who_may_not_read_or_write_gets_no_address(stored: World) -> None:
    stranger = stored.user("bob", "member")
    await stored.call("PUT", f"{BLOBS}/{DIGEST}", LARGE)
    for method, path in (("POST", "/upload?size=9"), ("POST", "/uploaded"), ("GET", "?direct=true")):
        with pytest.raises(Refused, match="404"):
            await stranger.call(method, f"{BLOBS}/{DIGEST}{path}")


@pytest.mark.anyio
async def test_files_go_through_the_server_while_nothing_can_be_signed(
    stored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_credentials(*_: object) -> None:
        raise StoreError("The credentials cannot be renewed.")

    await stored.call("PUT", f"{BLOBS}/{DIGEST}", LARGE)
    for name in ("put", "get"):
        monkeypatch.setattr(stored.services.direct, name, no_credentials)
    other = hashlib.sha256(b"other").hexdigest()
    assert (await ask(stored, other))["url"] is None
    assert (await stored.client.get(f"/api/v1{BLOBS}/{DIGEST}?direct=true")).content == LARGE


@pytest.mark.anyio
async def test_small_files_and_those_of_a_store_that_does_not_check_go_through_the_server(
    stored: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = hashlib.sha256(b"small").hexdigest()
    assert (await ask(stored, small, 5))["url"] is None
    await stored.call("PUT", f"{BLOBS}/{small}", b"small")
    assert (await stored.client.get(f"/api/v1{BLOBS}/{small}?direct=true")).content == b"small"
    with object_store(checks=False) as careless:
        monkeypatch.setenv("AWS_ENDPOINT_URL", careless["AWS_ENDPOINT_URL"])
        stored.services.blobs = BlobObjects(f"s3://{BUCKET}/x", tmp_path / "scratch")
        stored.services.direct = open_direct(stored.services.blobs)
        assert (await ask(stored))["url"] is None
        with pytest.raises(Refused, match="not_direct"):
            await stored.call("POST", f"{BLOBS}/{DIGEST}/uploaded")
        await stored.call("PUT", f"{BLOBS}/{DIGEST}", LARGE)
        found = await stored.client.get(f"/api/v1{BLOBS}/{DIGEST}?direct=true", follow_redirects=False)
        assert httpx.get(found.headers["location"]).content == LARGE


@pytest.mark.anyio
async def test_bytes_that_nobody_tells_of_are_removed_after_a_day_and_others_stay(
    stored: World, bucket: dict[str, str], place: str
) -> None:
    prefix = place.removeprefix(f"s3://{BUCKET}/")

    async def collect() -> list[str]:
        await collect_unnamed(stored.services.ctx, stored.services.blobs)
        return [key.rpartition("/")[2] for key in objects(bucket, prefix) if not key.endswith("writable")]

    kept = LARGE + b"!"
    kept_digest = hashlib.sha256(kept).hexdigest()
    for content in (LARGE, kept):
        assert send(await ask(stored, hashlib.sha256(content).hexdigest(), len(content)), content) == 200
    await stored.call("POST", f"{BLOBS}/{kept_digest}/uploaded")
    entry = {"path": "weights", "digest": kept_digest, "size": len(kept)}
    await stored.begin("r")
    await stored.call("POST", "/projects/ann/demo/runs/r/files", entry)
    stored.clock.advance(UNNAMED_SECONDS - 1)
    assert await collect() == sorted([DIGEST, kept_digest]), "its upload may still go on"
    stored.clock.advance(DELETING_SECONDS + 2)
    assert await collect() == [kept_digest]
    with pytest.raises(Refused, match="not_arrived"):
        await stored.call("POST", f"{BLOBS}/{DIGEST}/uploaded")
    await stored.call("PUT", f"{BLOBS}/{DIGEST}", LARGE)
    stored.clock.advance(DELETING_SECONDS + 2)
    assert DIGEST in await collect(), "what came through the server is not expected any more"


@pytest.mark.anyio
async def test_addresses_of_the_other_client_lead_to_the_store_and_pages_stay_here(stored: World) -> None:
    await stored.call("PUT", f"{BLOBS}/{DIGEST}", LARGE)
    caller = await stored.services.sessions.caller(stored.key, "key")
    signed = await stored.services.signer.sign(caller, "GET", f"/storage/blobs/ann/demo/{DIGEST}/weights.pt")
    found = await stored.client_with({}).get(signed)
    assert (found.status_code, httpx.get(found.headers["location"]).content) == (307, LARGE)
    assert (await stored.client_with({"Origin": "https://elsewhere.example"}).get(signed)).content == LARGE


def test_a_store_that_was_busy_when_it_should_refuse_is_asked_again(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with object_store(checks=False, busy=6) as busy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", busy["AWS_ENDPOINT_URL"])
        monkeypatch.setattr(blob_direct, "_AGAIN", blob_direct._AGAIN.new(backoff_factor=0))
        objects = BlobObjects(place, tmp_path / "scratch")
        with pytest.raises(StoreError, match="is busy"):
            open_direct(objects)
        assert not open_direct(objects).checks


@pytest.mark.anyio
async def test_what_was_sent_past_the_server_is_never_shown_as_a_page(stored: World) -> None:
    place = await ask(stored)
    headers = dict(place["headers"])  # type: ignore[call-overload]
    assert headers["Content-Type"] == "application/octet-stream"
    assert "content-type;" in headers["Authorization"], "it is signed"
    sent = httpx.put(str(place["url"]), content=LARGE, headers={**headers, "Content-Type": "text/html"})
    assert sent.status_code == (403 if REAL else 200), "moto takes any signature"
    assert send(place, LARGE) == 200
    await stored.call("POST", f"{BLOBS}/{DIGEST}/uploaded")
    for name in ("models/weights of Łódź; x=1.pt", "é" * 495 + ".pt", "page.html"):
        asked = {"name": name}
        found = await stored.client.get(f"/api/v1{BLOBS}/{DIGEST}", params={**asked, "direct": "true"})
        assert len(found.headers["location"]) < 8_000, "stores take no longer ones"
        shown = httpx.get(found.headers["location"])
        assert shown.headers["content-type"] == "application/octet-stream"
        through = await stored.client.get(
            f"/api/v1{BLOBS}/{DIGEST}", params=asked, headers={"Sec-Fetch-Dest": "document"}
        )
        assert shown.headers["content-disposition"] == through.headers["content-disposition"]


def test_direct_transfers_want_an_object_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="--files s3://BUCKET/PREFIX"):
        open_direct(BlobFolder(tmp_path))


def test_a_program_sends_and_fetches_past_the_server_and_through_it_where_the_store_is_out_of_reach(
    tmp_path: Path, place: str, bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "_avoided", {})
    home, file = tmp_path / "home", tmp_path / "weights"
    file.write_bytes(LARGE)
    options = ("--data", str(home), "--port", "0", "--files", place, "--files-direct")
    server = ServerProcess(home, *options, "--log-requests", "--log-format", "json")

    def answers() -> set[tuple[str, str, int]]:
        """What the server was asked of these bytes: method, end of the route, status."""
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        asked = [line for line in lines if "/blobs/" in line.get("route", "")]
        return {(line["method"], line["route"].rpartition("}")[2], line["status"]) for line in asked}

    try:
        connection = Connection(server.url, server.key)
        project = f"/projects/{connection.request('GET', '/viewer', reply=Viewer).entity}/demo"
        connection.request("PUT", project)
        sending.put(connection, project, DIGEST, file)
        begun = tmp_path / f".back.{DIGEST[:16]}.part"
        begun.write_bytes(LARGE[:1_000_000])
        sending.fetch(connection, project, DIGEST, tmp_path / "back", len(LARGE))
        assert (tmp_path / "back").read_bytes() == LARGE
        past = {("POST", "/upload", 200), ("POST", "/uploaded", 204), ("GET", "", 307)}
        assert answers() == past
        key, _ = objects(bucket, place.removeprefix(f"s3://{BUCKET}/"))
        BlobObjects(place, tmp_path / "scratch").remove([(int(key.split("/")[1]), DIGEST)])
        with pytest.raises(NotFound, match=DIGEST):
            sending.fetch(connection, project, DIGEST, tmp_path / "gone", len(LARGE))
        assert not direct._avoided, "the way itself is good"

        no_way = urllib3.ProxyManager("http://127.0.0.1:9", retries=False, timeout=2)
        monkeypatch.setattr(direct, "_pool", lambda: no_way)
        other = tmp_path / "other"
        other.write_bytes(LARGE[::-1])
        digest = sending.digest_of(other)
        sending.put(connection, project, digest, other)
        sending.fetch(connection, project, digest, tmp_path / "again", len(LARGE))
        assert (tmp_path / "again").read_bytes() == LARGE[::-1]
        assert len(direct._avoided) == 2, "it is not tried again for an hour"
    finally:
        server.stop()
    assert answers() == past | {("GET", "", 404), ("PUT", "", 204), ("GET", "", 200)}
