"""Deleted projects and sweeps are gone at once for everybody, and their rows and bytes go little by little."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from typing import Any

import pytest
from server_world import GRID, RANDOM, Refused, World
from sqlalchemy import Connection, func, select

from besom.server.services import deletion
from besom.server.services.deletion import clear_deleted, finish_deleted
from besom.server.store import blobs
from besom.server.store.blob_folder import BlobWriter
from besom.server.store.deletion import _HANGING, drop, give_up_project
from besom.server.store.errors import StoreError
from besom.server.store.tables import audit, duties, metadata, notices, projects, users
from besom.server.store.tables import secrets as keys

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

BLOBS = "/projects/ann/demo/blobs"
OTHERS = {table.name for table in (audit, duties, notices, users, keys)}
"""Tables that do not hang on projects."""


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "ROWS_AT_ONCE", 20)
    monkeypatch.setattr(deletion, "_PAUSE", 0.0)


def rows(world: World) -> Counter[str]:
    """How many each table has of what hangs on projects."""

    def count(conn: Connection) -> Counter[str]:
        found = ((table.name, conn.scalar(select(func.count()).select_from(table))) for table in metadata.sorted_tables)
        return Counter({name: number for name, number in found if number and name not in OTHERS})

    return world.store.read_sync(count)


def lying(world: World) -> list[str]:
    return [name for _, _, names in os.walk(world.services.blobs.path) for name in names]


async def put(world: World, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    await world.call("PUT", f"{BLOBS}/{digest}", data)
    return digest


async def refusal(asked: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await asked
    return refused.value.status, refused.value.code


async def full_project(world: World) -> str:
    """With a bit of everything; returns its sweep."""
    sweep = await world.sweep({**RANDOM, "early_terminate": {"type": "median"}})
    agent = await world.join(sweep)
    for value in range(6):
        assert await world.work(agent, sweep, *[float(value)] * 20)
    await world.call("PUT", f"/sweeps/{sweep}/link")
    await world.call("DELETE", f"/agents/{agent}")
    await world.begin("alone")
    await world.log("alone", 1.0, code=0)
    digest = await put(world, b"weights")
    await world.call("POST", world.runs_path("alone") + "/files", {"path": "w", "digest": digest, "size": 7})
    files = [{"path": f"part/{number}", "digest": digest, "size": 7} for number in range(50)]
    artifact = {"name": "model", "type": "model", "files": files, "aliases": ["best"]}
    await world.call("POST", world.runs_path("alone") + "/artifacts", artifact)
    view = {"kind": "view", "title": "mine", "content": {}}
    await world.call("POST", "/projects/ann/demo/documents", view)
    return sweep


async def test_a_large_project_is_gone_at_once_and_its_rows_in_steps_that_anybody_goes_on_with(world: World) -> None:
    sweep = await full_project(world)
    before = rows(world)
    agent = (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"][0]["id"]
    link = (await world.call("GET", f"/sweeps/{sweep}/link"))["url"].partition("7878")[2]
    await world.call("DELETE", "/projects/ann/demo")
    assert rows(world)["runs"] > 0, "not all was taken out at once"

    assert (await world.call("GET", "/projects"))["projects"] == []
    assert (await world.call("GET", "/search?q=o"))["found"] == []
    for path in ("/projects/ann/demo", f"/sweeps/{sweep}", world.runs_path("alone")):
        assert (await refusal(world.call("GET", path)))[0] == 404
    assert (await refusal(world.next(agent)))[0] == 404
    assert (await refusal(world.join(sweep)))[0] == 404
    assert (await refusal(world.begin("late", sweep)))[0] == 404
    shared = await world.client_with({}).get(f"{link}/api/v1/sweeps/{sweep}")
    assert shared.status_code in (401, 403)

    await world.call("PUT", "/projects/ann/demo")  # the name is free
    assert (await world.runs())["runs"] == []
    await put(world, b"of the new one")
    new = await world.sweep(GRID)
    step, left = 0, rows(world)
    project_id = world.store.read_sync(lambda conn: conn.scalar(select(projects.c.id).where(projects.c.entity == "")))
    while not await world.services.ctx.write(lambda unit: deletion.clear(unit, project_id)):
        step, left, was = step + 1, rows(world), left
        assert 0 < (was - left).total() <= 2 * deletion.ROWS_AT_ONCE, "a step is short, and does something"
    assert step > before.total() / (2 * deletion.ROWS_AT_ONCE)
    await clear_deleted(world.services.ctx)
    await finish_deleted(world.services.ctx, world.services.blobs)
    assert rows(world)["projects"] == rows(world)["blobs"] == rows(world)["sweeps"] == 1
    assert not set(rows(world)) & {"runs", "segments", "artifacts", "artifact_files", "documents", "spools"}
    assert lying(world) == [hashlib.sha256(b"of the new one").hexdigest()]
    assert (await world.show(new))["id"] == new


async def test_a_project_stays_nobodys_until_its_bytes_are_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.call("PUT", "/projects/ann/demo")
    await put(world, b"weights")
    home = world.store.read_sync(lambda conn: conn.scalar(select(projects.c.id)))
    now = world.clock()
    world.store.write_sync(lambda conn: blobs.expect(conn, home, "f" * 64, now + 10))

    def fail(_: int) -> None:
        raise StoreError("The object store is away.")

    monkeypatch.setattr(world.services.blobs, "remove_project", fail)
    await world.call("DELETE", "/projects/ann/demo")
    ctx, places = world.services.ctx, world.services.blobs
    await finish_deleted(ctx, places)
    assert (rows(world)["projects"], len(lying(world))) == (1, 1)
    monkeypatch.undo()
    await finish_deleted(ctx, places)
    assert (rows(world)["projects"], lying(world)) == (1, []), "some may still be put straight into the object store"
    world.clock.advance(11)
    await finish_deleted(ctx, places)
    assert not rows(world)


async def test_bytes_that_arrive_in_a_project_deleted_meanwhile_are_told_so_and_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = world.services.blobs.keep
    deleted: list[int] = []

    def keep_when_it_is_gone(writer: BlobWriter, project_id: int) -> None:
        keep(writer, project_id)
        world.store.write_sync(lambda conn: give_up_project(conn, project_id))
        if deleted:  # and all is over by then
            world.store.write_sync(lambda conn: drop(conn, project_id))
        deleted.append(project_id)

    monkeypatch.setattr(world.services.blobs, "keep", keep_when_it_is_gone)
    for _ in range(2):
        await world.call("PUT", "/projects/ann/demo")
        assert await refusal(put(world, b"late")) == (404, "project_not_found")
        world.clock.advance(1)
    assert (len(deleted), lying(world)) == (2, [])


async def test_a_large_sweep_is_gone_at_once_and_lets_its_runs_go_in_steps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "ROWS_AT_ONCE", 8)
    sweep = await full_project(world)
    await world.command(sweep, "resume")
    agent = await world.join(sweep)
    work = await world.next(agent)
    waiting = await world.next(await world.join(sweep))
    await world.begin(work["run_id"], sweep)
    await world.call("DELETE", f"/sweeps/{sweep}")

    assert (await refusal(world.show(sweep)))[0] == 404
    assert (await refusal(world.next(agent)))[0] == 404
    assert (await world.call("GET", "/projects/ann/demo/sweeps"))["sweeps"] == []
    assert [one["name"] for one in (await world.call("GET", "/projects"))["projects"]] == ["demo"]
    await world.log(work["run_id"], 0.5, code=0)
    assert (await world.run(work["run_id"]))["state"] == "finished", "who is at work ends in peace"
    assert (await world.begin(waiting["run_id"], sweep))["run"]["sweep_id"] is None
    found = {run["id"]: run["sweep_id"] for run in (await world.runs())["runs"]}
    assert (len(found), found[work["run_id"]]) == (9, None)
    assert set(found.values()) == {None, sweep}, "the others follow"

    version = (await world.runs())["version"]
    await clear_deleted(world.services.ctx)
    await finish_deleted(world.services.ctx, world.services.blobs)
    told = (await world.runs(since=version))["runs"]
    assert {run["id"] for run in told} == {run for run, of in found.items() if of is not None}
    assert {(run["sweep_id"], run["agent_id"]) for run in (await world.runs())["runs"]} == {(None, None)}
    left = rows(world)
    assert (left["projects"], left["runs"]) == (1, 9)
    assert not set(left) & {"sweeps", "agents", "brackets", "sweep_versions", "sweep_links"}


def test_what_is_deleted_comes_after_what_refers_to_it() -> None:
    for name, hanging in _HANGING.items():
        places = {table.name: place for place, (table, _) in enumerate(hanging)}
        for table, _ in hanging:
            later = {key.column.table.name for key in table.foreign_keys} & set(places) - {table.name, name}
            assert all(places[other] > places[table.name] for other in later)
