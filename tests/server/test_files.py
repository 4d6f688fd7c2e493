"""Files of runs and their bytes: sent once, checked, fetched whole or in part, and never a danger to a browser."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading

import httpx
import pytest
from server_world import GRID, Refused, World, line

from besom.server.services.blobs import collect_unnamed
from besom.server.services.deleted_runs import KEPT_DAYS, forget_some
from besom.server.services.receiving import DELETING_SECONDS
from besom.server.store import blobs
from besom.server.store.errors import StoreError

pytestmark = pytest.mark.anyio

BLOBS = "/projects/ann/demo/blobs"
DAY = 86400.0
EVERY = blobs.blobs.select()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def put(world: World, data: bytes, digest: str | None = None) -> str:
    digest = digest or digest_of(data)
    await world.call("PUT", f"{BLOBS}/{digest}", data)
    return digest


async def fetch(world: World, path: str, **headers: str) -> httpx.Response:
    return await world.client.get(f"/api/v1{path}", headers=headers)


async def missing(world: World, *digests: str) -> list[str]:
    return (await world.call("POST", f"{BLOBS}/missing", {"digests": list(digests)}))["digests"]


def announcement(path: str, data: bytes) -> bytes:
    return line({"type": "file", "path": path, "digest": digest_of(data), "size": len(data)})


async def run_with(world: World, files: dict[str, bytes], run: str = "one") -> str:
    at = (await world.begin(run))["offset"]
    await world.send(run, b"".join(announcement(path, data) for path, data in files.items()), at)
    for data in files.values():
        await put(world, data)
    return run


def lying(world: World) -> list[str]:
    return [name for _, _, names in os.walk(world.services.blobs.path) for name in names]


async def test_bytes_are_sent_once_and_fetched_by_their_digest(world: World) -> None:
    await world.begin("one")
    data = os.urandom(3_000_000)
    digest = digest_of(data)
    assert await missing(world, digest) == [digest]
    await put(world, data)
    await put(world, data)
    assert await missing(world, digest) == []
    answer = await fetch(world, f"{BLOBS}/{digest}")
    assert (answer.content == data, answer.headers["content-length"]) == (True, "3000000")
    assert lying(world) == [digest]


async def test_an_empty_file_is_a_file(world: World) -> None:
    await world.begin("one")
    assert (await fetch(world, f"{BLOBS}/{await put(world, b'')}")).content == b""


async def test_bytes_that_are_not_those_of_their_digest_are_refused_and_not_kept(world: World) -> None:
    await world.begin("one")
    with pytest.raises(Refused, match="wrong_digest"):
        await put(world, b"something else", digest_of(b"something"))
    assert lying(world) == []
    assert len(await missing(world, digest_of(b"something"))) == 1


@pytest.mark.parametrize("digest", ["..%2F..%2Fkey", "abc", "A" * 64])
async def test_what_is_no_digest_is_refused(world: World, digest: str) -> None:
    await world.begin("one")
    for method in ("PUT", "GET"):
        with pytest.raises(Refused) as refused:
            await world.call(method, f"{BLOBS}/{digest}")
        assert refused.value.status in (404, 405, 422)


async def test_a_file_that_is_too_large_is_refused_and_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("besom.server.services.receiving.LARGEST_BLOB", 1000)
    await world.begin("one")
    with pytest.raises(Refused) as refused:
        await put(world, b"x" * 1001)
    assert (refused.value.status, refused.value.code) == (413, "too_large")

    async def pieces():  # of a length that nobody was told
        for _ in range(3):
            yield b"x" * 500

    answer = await world.client.put(f"/api/v1{BLOBS}/{digest_of(b'x' * 1500)}", content=pieces())
    assert answer.status_code == 413
    assert lying(world) == []


async def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.begin("one")
    real = os.fdopen

    def full(number: int, *args: object, **more: object) -> object:
        os.close(number)
        return real(os.open("/dev/full", os.O_WRONLY), *args, **more)

    monkeypatch.setattr("besom.server.store.blob_folder.os.fdopen", full)
    with pytest.raises(Refused) as refused:
        await put(world, b"some bytes")
    monkeypatch.undo()
    assert (refused.value.status, "is full" in refused.value.message) == (503, True)
    assert lying(world) == []
    await put(world, b"some bytes")


@pytest.mark.parametrize(
    ("asked", "status", "content", "place"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=7-99", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=10-", 416, None, "bytes */10"),
    ],
)
async def test_a_range_is_answered_with_that_part(
    world: World, asked: str, status: int, content: bytes | None, place: str | None
) -> None:
    await world.begin("one")
    answer = await fetch(world, f"{BLOBS}/{await put(world, b'0123456789')}", Range=asked)
    assert answer.status_code == status
    assert content is None or answer.content == content
    assert answer.headers.get("content-range") == place


async def test_a_file_that_the_reader_has_is_not_sent_again(world: World) -> None:
    run = await run_with(world, {"a.png": b"picture"})
    path = f"{world.runs_path(run)}/files/a.png"
    first = await fetch(world, path)
    assert (await fetch(world, path, **{"If-None-Match": first.headers["etag"]})).status_code == 304


async def test_files_are_listed_by_path_also_before_their_bytes_arrive(world: World) -> None:
    run = await run_with(world, {"media/b.png": b"bb", "a.txt": b"a"})
    await world.send(run, announcement("late.bin", b"late"), (await world.begin(run))["offset"])
    files = (await world.call("GET", f"{world.runs_path(run)}/files"))["files"]
    assert [(f["path"], f["size"], f["present"]) for f in files] == [
        ("a.txt", 1, True),
        ("late.bin", 4, False),
        ("media/b.png", 2, True),
    ]
    with pytest.raises(Refused, match="besom sync"):
        await world.call("GET", f"{world.runs_path(run)}/files/late.bin")
    assert (await fetch(world, f"{world.runs_path(run)}/files/media/b.png")).content == b"bb"


async def test_the_same_path_again_replaces_the_file(world: World) -> None:
    run = await run_with(world, {"model.bin": b"first"})
    await run_with(world, {"model.bin": b"second"})
    assert (await fetch(world, f"{world.runs_path(run)}/files/model.bin")).content == b"second"


@pytest.mark.parametrize("path", ["../key", "/etc/passwd", "a//b", "a\\b", "", "x" * 1001, "a/./b", "a\nb"])
async def test_a_path_that_could_lead_elsewhere_is_not_kept_and_does_not_hold_up_the_stream(
    world: World, path: str
) -> None:
    sweep = await world.sweep(GRID)
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.send(run, announcement(path, b"x") + announcement("good", b"y"))
    files = (await world.call("GET", f"{world.runs_path(run)}/files"))["files"]
    assert [file["path"] for file in files] == ["good"]
    assert [e["kind"] for e in await world.events(sweep)].count("run.file_refused") == 1


async def test_a_deleted_file_is_gone(world: World) -> None:
    run = await run_with(world, {"a.txt": b"a"})
    await world.call("DELETE", f"{world.runs_path(run)}/files/a.txt")
    for method in ("GET", "DELETE"):
        with pytest.raises(Refused, match=r"has no file 'a\.txt'"):
            await world.call(method, f"{world.runs_path(run)}/files/a.txt")


@pytest.mark.parametrize(
    ("name", "content_type", "shown"),
    [
        ("a.png", "image/png", True),
        ("a.JPG", "image/jpeg", True),
        ("a.txt", "text/plain; charset=utf-8", True),
        ("a.mp4", "video/mp4", True),
        ("a.svg", "application/octet-stream", False),
        ("a.js", "application/octet-stream", False),
        ("a.json", "application/octet-stream", False),
        ("html", "application/octet-stream", False),
    ],
)
async def test_only_harmless_files_are_shown_and_others_are_saved(
    world: World, name: str, content_type: str, shown: bool
) -> None:
    run = await run_with(world, {name: b"<script>alert(1)</script>"})
    headers = (await fetch(world, f"{world.runs_path(run)}/files/{name}")).headers
    assert headers["content-type"] == content_type
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert ("content-disposition" in headers) != shown


async def test_html_is_shown_in_a_sandbox_that_reaches_neither_session_nor_network(world: World) -> None:
    run = await run_with(world, {"plot.html": b"<script>fetch('/api/v1/viewer')</script>"})
    path = f"{world.runs_path(run)}/files/plot.html"
    page, there = "http://localhost:7878", {"Referer": "http://localhost:7878/"}
    framed, alone, told, *others = [
        (await fetch(world, path, **said)).headers
        for said in (
            {"Sec-Fetch-Dest": "iframe"},
            {"Sec-Fetch-Dest": "document", **there},
            there,
            *({"Referer": link} for link in ("", f"{page}/ann/demo", f"{page}/?a", "http://evil:7878/", "http://[/")),
        )
    ]
    assert told["content-type"] == framed["content-type"], "over plain HTTP browsers do not say where it is shown"
    assert {each.get("content-disposition") for each in others} == {alone["content-disposition"]}
    policy = framed["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert (framed["content-type"], "content-disposition" in framed) == ("text/html; charset=utf-8", False)
    assert alone["content-type"] == "application/octet-stream"
    assert alone["content-disposition"] == "attachment; filename*=UTF-8''plot.html"
    assert framed["vary"] == alone["vary"] == "Sec-Fetch-Dest, Referer", (
        "a browser that keeps one does not take it for the other"
    )
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy  # so 'none'


async def test_no_text_of_a_user_breaks_out_of_a_header_of_an_answer(world: World) -> None:
    run = await run_with(world, {'a";\u00fc.bin': b"x"})
    answer = await fetch(world, f"{world.runs_path(run)}/files/a%22%3B%C3%BC.bin")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''a%22%3B%C3%BC.bin"

    evil, there = "%0D%0AX-Evil:%201%0D%0A%0D%0A", "/api/v1/projects/ann/demo"
    md5 = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
    for path, status in (
        (f"/artifactsV2/local/ann/demo/set/id/{md5}/{evil}.bin", 200),
        (f"/artifactsV2/local/ann/demo/set/id/{evil}/a.bin", 404),
        (f"{there}/runs/{run}/files/{evil}.bin", 404),
        (f"{there}/blobs/{evil}", 422),
        (f"{there}/runs/export?sweep={evil}", 200),
        (f"/api/v1/projects/ann/{evil}/runs/export", 404),
        (f"/login?next=/{evil}", 422),
        (f"/login?next=/%C3%BC%7F%C2%85&ticket={evil}", 422),
        (f"/login?next=/%C3%BC&ticket={evil}", 302),
        (f"/{evil}", 200),
        (f"/assets/{evil}.js", 404),
    ):
        sent = {"Range": "bytes=0-0\r\nX-Evil: 1", "Origin": "http://a\r\nX-Evil: 1", "X-Request-Id": "a\r\nX-Evil: 1"}
        answer = await world.client.get(path, headers={**sent, "traceparent": "a\r\nX-Evil: 1"})
        assert answer.status_code == status, path
        for name, value in answer.headers.raw:
            assert not {*b"\r\n\0"} & {*name, *value}, f"{path}: {value!r}"


async def test_blobs_are_seen_only_in_their_own_project(world: World) -> None:
    run = await run_with(world, {"secret.txt": b"secret"})
    digest = digest_of(b"secret")
    bob = world.user("bob", "member")
    for path in (f"{BLOBS}/{digest}", f"{world.runs_path(run)}/files/secret.txt"):
        with pytest.raises(Refused) as refused:
            await bob.call("GET", path)
        assert refused.value.status == 404
    await bob.begin("own")
    assert (await bob.call("POST", "/projects/bob/demo/blobs/missing", {"digests": [digest]}))["digests"] == [digest]


async def test_a_viewer_cannot_send_bytes(world: World) -> None:
    await world.call("POST", "/projects/team/demo/runs", {"id": "one", "started": 5.0})
    eve = await world.member("eve", "team", "viewer")
    with pytest.raises(Refused, match="role viewer there"):
        await eve.call("PUT", f"/projects/team/demo/blobs/{digest_of(b'x')}", b"x")


async def test_bytes_that_nothing_names_go_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await run_with(world, {"kept.txt": b"kept", "deleted.txt": b"deleted"})
    await put(world, b"never named")
    code = {"files": [{"path": "train.py", "digest": await put(world, b"code"), "size": 4}]}
    await world.sweep(GRID, code=code)
    model = {"name": "m", "type": "model", "files": [{"path": "m", "digest": await put(world, b"art"), "size": 3}]}
    await world.call("POST", "/projects/ann/demo/artifacts", model)
    await world.call("DELETE", f"{world.runs_path(run)}/files/deleted.txt")

    async def collect() -> int:
        return await collect_unnamed(world.services.ctx, world.services.blobs)

    assert await collect() == 0
    world.clock.advance(DAY + 1)
    assert await missing(world, digest_of(b"never named")) == []  # asked for again: it is about to be named
    assert await collect() == 1
    world.clock.advance(DAY + 1)
    assert await collect() == 1
    assert sorted(lying(world)) == sorted(digest_of(data) for data in (b"kept", b"code", b"art"))
    with monkeypatch.context() as hasty:  # they were found, and have been named since
        hasty.setattr(blobs, "unnamed", lambda conn, *_: [(row.project_id, row.digest) for row in conn.execute(EVERY)])
        assert await collect() == 0
    await world.call("DELETE", world.runs_path(run))
    world.clock.advance(KEPT_DAYS * DAY + 1)
    assert await collect() == 0  # the run could be brought back until now
    assert await forget_some(world.services.ctx) == 1

    def trouble(_: object) -> None:
        raise StoreError("The object store does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(world.services.blobs, "remove", trouble)
        with pytest.raises(StoreError):
            await collect()
    assert digest_of(b"kept") in lying(world)
    assert await missing(world, digest_of(b"kept")) == [digest_of(b"kept")]
    with pytest.raises(Refused, match="are being deleted here") as refused:
        await put(world, b"kept")
    assert refused.value.status >= 500, "clients send again"
    assert await collect() == 0, "perhaps somebody still deletes them"
    world.clock.advance(DELETING_SECONDS + 1)
    assert await collect() == 1
    assert sorted(lying(world)) == sorted(digest_of(data) for data in (b"code", b"art"))
    await put(world, b"kept")


async def test_a_project_is_deleted_with_its_bytes_once_nobody_is_at_work_in_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_with(world, {"a.txt": b"a"})
    with pytest.raises(Refused) as refused:
        await world.call("DELETE", "/projects/ann/demo")
    assert (refused.value.status, refused.value.code) == (409, "project_in_use")
    assert "0 agents and 1 runs at work" in refused.value.message
    await world.log("one", 1.0, code=0)
    await world.call("DELETE", "/projects/ann/demo")
    assert lying(world) == []
    assert (await world.call("GET", "/projects"))["projects"] == []

    begun, may_go_on, remove = threading.Event(), threading.Event(), world.services.blobs.remove_project

    def remove_slowly(project_id: int) -> None:
        begun.set()
        assert may_go_on.wait(60)
        remove(project_id)

    await world.call("PUT", "/projects/ann/demo")
    await put(world, b"of the old one")
    monkeypatch.setattr(world.services.blobs, "remove_project", remove_slowly)
    deleting = asyncio.create_task(world.call("DELETE", "/projects/ann/demo"))
    assert await asyncio.to_thread(begun.wait, 60)
    world.clock.advance(0.001)
    await world.call("PUT", "/projects/ann/demo")
    await put(world, b"of the new one")
    may_go_on.set()
    await deleting
    assert lying(world) == [digest_of(b"of the new one")]


async def test_only_those_who_may_see_a_project_delete_it(world: World) -> None:
    bob, carol = world.user("bob", "member"), world.user("carol", "member")
    await bob.sweep(GRID)
    with pytest.raises(Refused) as refused:
        await carol.call("DELETE", "/projects/bob/demo")
    assert refused.value.status == 404
    await bob.call("DELETE", "/projects/bob/demo")
