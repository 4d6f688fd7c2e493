"""Artifacts: versions, aliases, and where they come from."""

from __future__ import annotations

import hashlib

import pytest
from server_world import GRID, Refused, World, line

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

ARTIFACTS = "/projects/ann/demo/artifacts"


def body(content: bytes, **more: object) -> dict:
    digest = hashlib.sha256(content).hexdigest()
    files = [{"path": "model.bin", "digest": digest, "size": len(content)}]
    return {"name": "net", "type": "model", "files": files, **more}


async def create(world: World, content: bytes, **more: object) -> dict:
    return await world.call("POST", ARTIFACTS, body(content, **more))


async def show(world: World, address: str) -> dict:
    return await world.call("GET", f"{ARTIFACTS}/{address}")


async def test_versions_count_from_0_and_the_newest_is_the_latest(world: World) -> None:
    first = await create(world, b"1", metadata={"acc": 0.5}, description="small")
    second = await create(world, b"22", aliases=["best"])
    assert [(v["version"], v["aliases"], v["size"]) for v in (first, second)] == [
        (0, ["latest"], 1),
        (1, ["latest", "best"], 2),
    ]
    assert (await show(world, "net"))["version"] == (await show(world, "net:latest"))["version"] == 1
    old = await show(world, "net:v0")
    assert (old["aliases"], old["metadata"], old["description"]) == ([], {"acc": 0.5}, "small")


async def test_the_same_files_again_make_no_version_and_move_the_aliases(world: World) -> None:
    await create(world, b"1")
    await create(world, b"2", aliases=["best"])
    again = await create(world, b"1", aliases=["best", "latest"])
    assert (again["version"], again["aliases"]) == (0, ["best"])
    assert (await show(world, "net:best"))["version"] == 0
    assert (await show(world, "net"))["version"] == 1


async def test_a_run_logs_artifacts_with_its_stream(world: World) -> None:
    sweep = await world.sweep(GRID)
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    records = [{"type": "artifact", "artifact": body(content)} for content in (b"1", b"2")]
    bad = {"type": "artifact", "artifact": {**body(b"3"), "type": "dataset"}}
    await world.send(run, b"".join(map(line, [*records, bad])))
    await create(world, b"4", name="other")
    mine = (await world.call("GET", f"{world.runs_path(run)}/artifacts"))["artifacts"]
    assert [(v["name"], v["version"], v["run_id"]) for v in mine] == [("net", 1, run), ("net", 0, run)]
    told = {e["kind"]: e["reason"] for e in await world.events(sweep) if e["kind"].startswith("artifact")}
    assert told["artifact.logged"] == "net:v1"
    assert told["artifact.refused"] == "The artifact net has the type 'model', not 'dataset'."


async def test_what_a_run_of_another_project_uses_is_no_activity_of_the_artifacts_own(world: World) -> None:
    await create(world, b"1")
    await world.begin("mine")
    await world.call("POST", "/projects/ann/other/runs", {"id": "theirs", "started": 5.0})
    for project, run, is_moved in (("other", "theirs", False), ("demo", "mine", True)):
        before = (await world.call("GET", "/projects/ann/demo"))["last_activity"]
        world.clock.advance(60)
        used = {"entity": "ann", "project": "demo", "name": "net"}
        await world.call("POST", f"/projects/ann/{project}/runs/{run}/artifacts/used", used)
        assert ((await world.call("GET", "/projects/ann/demo"))["last_activity"] > before) == is_moved
    using = (await world.call("GET", f"{ARTIFACTS}/net/runs"))["used"]
    assert [one["id"] for one in using] == ["mine", "theirs"]


async def test_artifacts_are_listed_by_type_and_name(world: World) -> None:
    await create(world, b"1")
    await create(world, b"2", name="mnist", type="dataset")
    for query, names in (("", ["mnist", "net"]), ("?type=model", ["net"]), ("?name=mnist", ["mnist"])):
        listed = (await world.call("GET", ARTIFACTS + query))["artifacts"]
        assert [version["name"] for version in listed] == names
    await create(world, b"3", references=[{"path": "far", "uri": "s3://far/away", "digest": "1"}])
    for query, found in (
        ("?newest=true", ["net:1", "mnist:0"]),
        ("?newest=true&search=MNI", ["mnist:0"]),
        ("?search=mod", ["net:1", "net:0"]),
        ("?search=m_i", []),
        ("?search=" + "_" * 60_000, []),
    ):
        listed = (await world.call("GET", f"{ARTIFACTS}{query}"))["artifacts"]
        assert [f"{version['name']}:{version['version']}" for version in listed] == found
    [brief] = (await world.call("GET", f"{ARTIFACTS}?newest=true&files=false&type=model"))["artifacts"]
    assert (brief["files"], brief["references"], brief["file_count"]) == ([], [], 2)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "a b"}, "'a b' cannot be the name of an artifact"),
        ({"name": "a:v0"}, "'a:v0' cannot be the name"),
        ({"aliases": ["v3"]}, "'v3' looks like a version"),
        ({"aliases": [f"alias {number}" for number in range(101)]}, "given 101 aliases, and at most 100 are possible"),
        ({"type": ""}, "needs a type"),
        ({"files": [{"path": "../x", "digest": "0" * 64, "size": 1}]}, "has a part that is empty, '.' or '..'"),
        ({"files": [{"path": "x", "digest": "0", "size": 1}]}, "'0' is no digest"),
        ({"files": [{"path": "x", "digest": "0" * 64, "size": 1}] * 2}, "two files with the path 'x'"),
    ],
)
async def test_what_cannot_be_used_is_refused_by_name(world: World, change: dict, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        await create(world, b"1", **change)
    assert refused.value.status == 422
    assert problem in refused.value.message


@pytest.mark.parametrize("address", ["net:v7", "net:best", "other"])
async def test_a_version_that_is_not_there_is_named(world: World, address: str) -> None:
    await create(world, b"1")
    with pytest.raises(Refused, match="artifact_not_found"):
        await show(world, address)
