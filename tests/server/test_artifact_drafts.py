"""Versions of artifacts that are sent in steps, on both databases."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator

import pytest
from server_world import GRID, World
from sqlalchemy import select, update

from besom.server.services import artifact_changes, artifact_collections, artifact_drafts, artifact_lists, draft_files
from besom.server.services.artifact_changes import ArtifactChange, ArtifactPlace
from besom.server.services.artifact_collections import CollectionChange
from besom.server.services.artifact_drafts import Draft, NewDraft
from besom.server.services.blobs import UNNAMED_SECONDS, collect_unnamed
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.users import Caller
from besom.server.store import tables

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


async def stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def send(world: World, caller: Caller, new: NewDraft, base: ArtifactPlace | None = None, **files: bytes) -> Draft:
    """The whole sequence; a file with the name ``link`` is a reference."""
    ctx, folder = world.services.ctx, world.services.blobs
    draft = await artifact_drafts.begin(ctx, caller, "ann", "demo", new)
    if draft.version is not None:
        return draft
    place = ("ann", "demo", draft.id)
    contents = {}
    for name, content in files.items():
        entry = {"digest": base64.b64encode(bytes.fromhex(md5(content))).decode(), "size": len(content)}
        contents[name] = {**entry, "ref": "s3://x", "extra": {"etag": "e"}} if name == "link" else entry
        if name != "link" and not await draft_files.known_md5s(ctx, caller, "ann", "demo", {md5(content)}):
            await draft_files.put_file(ctx, folder, caller, "ann", "demo", md5(content), stream(content), None)
    manifest = await artifact_drafts.add_manifest(ctx, caller, place, new.run_id or "", base)
    body = json.dumps({"contents": contents}).encode()
    await draft_files.put_manifest(ctx, folder, caller, place, manifest, stream(body), len(body))
    return await draft_files.commit(ctx, folder, caller, place)


async def test_a_version_goes_from_announcement_to_deletion(world: World) -> None:
    sweep = await world.sweep(GRID)
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    ctx, caller = world.services.ctx, await world.services.sessions.caller(world.key, "key")
    new = NewDraft(
        "net", "model", "d1", run_id=run, client_id="c", aliases=["latest", "best"], tags=["t", "t"], history_step=3
    )
    made = await send(world, caller, new, a=b"alpha", link=b"far")
    assert made.version == "net:v0"
    shown = await world.call("GET", "/projects/ann/demo/artifacts/net:best")
    assert (shown["tags"], shown["run_id"], shown["digest"], shown["size"]) == (["t"], run, "d1", 8)
    assert (shown["history_step"], shown["ttl"]) == (3, None)
    assert [(file["path"], file["digest"]) for file in shown["files"]] == [("a", hashlib.sha256(b"alpha").hexdigest())]
    assert [(link["uri"], link["extra"]) for link in shown["references"]] == [("s3://x", {"etag": "e"})]
    assert (await artifact_drafts.draft_of_client(ctx, caller, "c")) == made

    again = await send(world, caller, NewDraft("net", "model", "d1", aliases=["seen"]))
    assert (again.version, again.id != made.id) == ("net:v0", True)
    grown = await send(
        world, caller, NewDraft("net", "model", "d2", run_id=run), ("ann", "demo", "net:v0"), b=b"beta", a=b"gamma"
    )
    assert grown.version == "net:v1"
    files = {
        file["path"]: file["digest"] for file in (await world.call("GET", "/projects/ann/demo/artifacts/net"))["files"]
    }
    assert files == {name: hashlib.sha256(text).hexdigest() for name, text in (("a", b"gamma"), ("b", b"beta"))}

    old = ("ann", "demo", "net:v0")
    await artifact_changes.use_artifact(ctx, caller, old, ("ann", "demo", run))
    assert [user.id for user in await artifact_lists.runs_using(ctx, caller, *old)] == [run]
    inputs = await artifact_lists.versions_of_run(ctx, caller, ("ann", "demo", run), "input", 0, None)
    assert [(found.name, found.version) for found in inputs.artifacts] == [("net", 0)]
    runs_path = f"/projects/ann/demo/runs/{run}"
    used = (await world.call("GET", f"{runs_path}/artifacts/used"))["artifacts"]
    assert [(found["name"], found["version"], found["run_id"]) for found in used] == [("net", 0, run)]
    lineage = await world.call("GET", "/projects/ann/demo/artifacts/net:v0/runs")
    assert [(of["id"], of["project"], of["state"]) for of in lineage["used"]] == [(run, "demo", "running")]
    assert ([of["id"] for of in lineage["logged"]], lineage["used_count"]) == ([run], 1)
    change = ArtifactChange(
        description="d", metadata={"a": 1}, add_tags=("u",), drop_tags=("t",), drop_aliases=("best",)
    )
    changed = await artifact_changes.change_artifact(ctx, caller, old, change)
    assert (changed.description, changed.metadata, changed.tags, changed.aliases) == ("d", {"a": 1}, ["u"], ["seen"])
    assert await artifact_collections.all_aliases(ctx, caller, "ann", "demo", "net") == ["latest", "seen"]
    page = await artifact_lists.versions_of(ctx, caller, ("ann", "demo", "net"), 1, 5)
    assert ([found.version for found in page.artifacts], page.total) == ([0], 2)
    [collection] = await artifact_collections.list_collections(ctx, caller, "ann", "demo", kind="model")
    assert (collection.name, collection.type) == ("net", "model")

    await artifact_changes.delete_artifact(ctx, caller, old, with_aliases=True)
    with pytest.raises(Missing):
        await artifact_lists.get_artifact(ctx, caller, *old)
    assert (await artifact_drafts.find_draft(ctx, caller, ("ann", "demo", made.id))).version is None
    assert (await send(world, caller, new, a=b"alpha", link=b"far")).version == "net:v2"


async def test_a_name_outlives_its_versions_which_may_go_by_themselves(world: World) -> None:
    ctx, caller = world.services.ctx, await world.services.sessions.caller(world.key, "key")
    for number in range(3):
        new = NewDraft("net", "model", f"d{number}", ttl=60 if number else None)
        await send(world, caller, new, a=b"alpha" * number)
    await send(world, caller, NewDraft("data", "table", "d"), a=b"rows")
    place = ("ann", "demo", "net")
    change = ArtifactChange(ttl=0)
    await artifact_changes.change_artifact(ctx, caller, ("ann", "demo", "net:v1"), change)
    world.clock.now += 59
    assert await artifact_changes.delete_expired(ctx) == 0
    world.clock.now += 2
    assert await artifact_changes.delete_expired(ctx) == 1
    said = await ctx.read(
        lambda conn: conn.scalars(select(tables.events.c.reason).filter_by(kind="artifact.expired")).all()
    )
    assert said == ["net:v2 was deleted: it was to be kept until now"]
    assert [found.version for found in (await artifact_lists.versions_of(ctx, caller, place, 0, None)).artifacts] == [
        1,
        0,
    ]

    for version in ("net:v0", "net:v1"):
        await artifact_changes.delete_artifact(ctx, caller, ("ann", "demo", version), with_aliases=True)

    async def names(**asked: str) -> list[str]:
        found = await artifact_collections.list_collections(ctx, caller, "ann", "demo", **asked)  # type: ignore[arg-type]
        return [collection.name for collection in found]

    assert await names() == ["data", "net"]
    assert (await artifact_lists.versions_of(ctx, caller, place, 0, None)).total == 0
    with pytest.raises(Conflict, match="has the type 'model'"):
        await artifact_drafts.begin(ctx, caller, "ann", "demo", NewDraft("net", "table", "d"))
    await artifact_collections.change_collection(ctx, caller, place, CollectionChange(add_tags=("old",)))
    assert await names(order="-name") == ["net", "data"]
    assert await names(filter_text='{"tag": "old"}') == await names(filter_text='{"type": "model"}') == ["net"]
    assert await names(filter_text='{"createdAt": {"$lt": "2000-01-01"}}') == []
    with pytest.raises(Invalid, match="An artifact's name has no field 'nam'"):
        await names(order="nam")
    await artifact_collections.delete_collection(ctx, caller, place)
    assert await names() == ["data"]
    assert (await send(world, caller, NewDraft("net", "table", "d"), a=b"rows")).version == "net:v3"
    await artifact_collections.change_collection(ctx, caller, place, CollectionChange(add_tags=("new",)))
    assert await names(kind="model") == [], "the deleted versions had another type"
    assert await names() == ["data", "net"]


async def test_a_version_that_is_logged_again_is_kept_for_as_long_as_anybody_wants_it(world: World) -> None:
    ctx, caller = world.services.ctx, await world.services.sessions.caller(world.key, "key")

    async def log(ttl: int | None, *, reuse: bool = True) -> str | None:
        return (await send(world, caller, NewDraft("net", "model", "d", ttl=ttl, reuse=reuse), a=b"alpha")).version

    assert await log(60) == "net:v0"
    world.clock.now += 50
    for ttl in (30, 5):
        assert await log(ttl) == "net:v0"
    world.clock.now += 29
    assert await artifact_changes.delete_expired(ctx) == 0
    world.clock.now += 1
    assert await log(60) == "net:v1", "what is about to be deleted is not used again"
    assert await artifact_changes.delete_expired(ctx) == 1
    assert await log(None, reuse=False) == "net:v1"
    assert (await world.call("GET", "/projects/ann/demo/artifacts/net:v1"))["ttl"] is None


async def test_bytes_from_before_their_md5_was_kept_can_be_sent_again(world: World) -> None:
    caller = await world.services.sessions.caller(world.key, "key")
    await send(world, caller, NewDraft("net", "model", "d1"), a=b"alpha")
    await world.store.write(lambda conn: conn.execute(update(tables.blobs).values(md5=None)))
    assert (await send(world, caller, NewDraft("net", "model", "d2"), b=b"alpha")).version == "net:v1"


async def test_a_version_waits_for_the_lists_of_all_that_log_it(world: World) -> None:
    ctx, caller = world.services.ctx, await world.services.sessions.caller(world.key, "key")
    place = ("ann", "demo", (await artifact_drafts.begin(ctx, caller, "ann", "demo", NewDraft("net", "t", "d"))).id)
    numbers = {run: await artifact_drafts.add_manifest(ctx, caller, place, run, None) for run in ("one", "two")}

    async def arrive(run: str) -> None:
        body = stream(b'{"contents": {}}')
        await draft_files.put_manifest(ctx, world.services.blobs, caller, place, numbers[run], body, None)

    await arrive("one")
    with pytest.raises(Conflict, match="that run two announced has not arrived"):
        await draft_files.commit(ctx, world.services.blobs, caller, place)
    await arrive("two")
    assert (await draft_files.commit(ctx, world.services.blobs, caller, place)).version == "net:v0"


async def test_a_version_adds_to_none_of_another_project(world: World) -> None:
    caller = await world.services.sessions.caller(world.key, "key")
    await send(world, caller, NewDraft("net", "model", "d1"), a=b"alpha")
    with pytest.raises(Invalid, match="ann/demo cannot add to net:v0 of ann/other"):
        await send(world, caller, NewDraft("net", "model", "d2"), ("ann", "other", "net:v0"), b=b"beta")


async def test_a_version_that_adds_to_one_that_is_deleted_meanwhile_is_not_made_of_the_rest(world: World) -> None:
    ctx, caller = world.services.ctx, await world.services.sessions.caller(world.key, "key")
    base = ("ann", "demo", "net:v0")
    await send(world, caller, NewDraft("net", "model", "d1"), a=b"alpha")
    draft = await artifact_drafts.begin(ctx, caller, "ann", "demo", NewDraft("net", "model", "d2"))
    place = ("ann", "demo", draft.id)
    manifest = await artifact_drafts.add_manifest(ctx, caller, place, "", base)
    body = b'{"contents": {}}'
    await draft_files.put_manifest(ctx, world.services.blobs, caller, place, manifest, stream(body), len(body))
    await artifact_changes.delete_artifact(ctx, caller, base, with_aliases=True)
    with pytest.raises(Conflict, match="The version that net adds its files to has been deleted meanwhile"):
        await draft_files.commit(ctx, world.services.blobs, caller, place)


async def test_what_was_announced_and_never_committed_is_forgotten_after_a_day_with_its_bytes(world: World) -> None:
    await world.sweep(GRID)
    ctx, folder = world.services.ctx, world.services.blobs
    caller = await world.services.sessions.caller(world.key, "key")
    kept = await send(world, caller, NewDraft("net", "model", "d1"), a=b"kept")
    draft = await artifact_drafts.begin(ctx, caller, "ann", "demo", NewDraft("net", "model", "d2"))
    place = ("ann", "demo", draft.id)
    await draft_files.put_file(ctx, folder, caller, "ann", "demo", md5(b"left"), stream(b"left"), None)
    manifest = await artifact_drafts.add_manifest(ctx, caller, place, "", None)
    await draft_files.put_manifest(ctx, folder, caller, place, manifest, stream(b"{}"), 2)

    async def files() -> int:
        await artifact_drafts.collect_abandoned(ctx)
        await collect_unnamed(ctx, folder)
        return sum(path.is_file() for path in folder.path.rglob("*"))

    world.clock.advance(UNNAMED_SECONDS - 1)
    assert await files() == 4
    assert (await artifact_drafts.find_draft(ctx, caller, place)).version is None
    world.clock.advance(2)
    assert await files() == 1
    with pytest.raises(Missing, match="no such artifact on its way"):
        await artifact_drafts.find_draft(ctx, caller, place)
    assert (await artifact_drafts.find_draft(ctx, caller, ("ann", "demo", kept.id))).version == "net:v0"
