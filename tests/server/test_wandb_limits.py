"""What W&B's client never sends is refused in words: it would repeat what ends in a 500."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from server_world import GRID, World, history

from besom.server.services.manifests import read_manifest
from besom.server.services.refusals import Invalid

pytestmark = pytest.mark.anyio

BEAT = "mutation($id: ID!, $states: JSONString) { agentHeartbeat(input: {id: $id, runState: $states}) { commands } }"
UPSERT = "mutation($input: UpsertSweepInput!) { upsertSweep(input: $input) { sweep { id } } }"
RUNS = "runs(first: $first, after: $after) { edges { node { name } cursor } pageInfo { hasNextPage } }"


async def post(world: World, body: bytes) -> tuple[int, str, Any]:
    """Status, first error and data of the answer."""
    reply = await world.client.post("/graphql", content=body)
    answer = reply.json()
    return reply.status_code, answer["errors"][0]["message"] if "errors" in answer else "", answer["data"]


async def ask(world: World, query: str, **variables: Any) -> tuple[int, str, Any]:
    return await post(world, json.dumps({"query": query, "variables": variables}).encode())


def identity(*parts: Any) -> str:
    return base64.b64encode(json.dumps(parts).encode()).decode()


def doubling(levels: int) -> str:
    fragments = [f"fragment F{n} on Project {{ ...F{n + 1} a{n}: name ...F{n + 1} }}" for n in range(levels)]
    return " ".join(['{ project(name: "demo") { ...F0 } }', *fragments, f"fragment F{levels} on Project {{ name }}"])


async def test_queries_without_an_end_or_a_measure_are_refused(world: World) -> None:
    await world.begin("r")
    cycle = """{ project(name: "demo") { ...A } }
        fragment A on Project { a: run(name: "r") { project { ...A } } b: run(name: "r") { project { ...A } } }"""
    deep = '{ project(name: "demo") { ' + 'run(name: "r") { project { ' * 20 + "name" + " } }" * 20 + " } }"
    wide = "{ " + " ".join(f"a{n}: serverInfo {{ __typename }}" for n in range(1_001)) + " }"
    for query in (cycle, doubling(25), deep, wide):
        status, message, _ = await ask(world, query)
        assert (status, "at most 2,000 fields on 30 levels" in message) == (422, True)
    assert (await ask(world, doubling(7)))[0] == 200
    status, message, _ = await ask(world, "{ viewer { id } }" + " " * 100_000)
    assert (status, message) == (422, "A query may have at most 100,000 characters.")


async def test_bodies_that_no_reader_can_take_are_refused(world: World) -> None:
    deep = b'{"query": "{ viewer { id } }", "variables": {"a": ' + b"[" * 100_000 + b"}}"
    for body in (b'{"query": "\xff"}', deep, b"\xff", b"{"):
        status, message, _ = await post(world, body)
        assert (status, message[:25]) == (422, "The query cannot be read:")
    bomb = gzip.compress(b" " * (70 * 2**20), 1)
    for path in ("/graphql", "/files/ann/demo/r/file_stream"):
        reply = await world.client.post(path, content=bomb, headers={"Content-Encoding": "gzip"})
        assert reply.status_code in (413, 422), path
    filters = '{"$and": [' * 300 + "{}" + "]}" * 300
    query = 'query($f: JSONString) { project(name: "demo") { runCount(filters: $f) } }'
    await world.begin("r")
    assert (await ask(world, query, f=filters))[0] == 422


def test_manifests_that_no_reader_can_take_are_refused() -> None:
    deep = b'{"contents": {"a": {"digest": "x", "extra": ' + b'{"a": ' * 100_000
    for body in (b"\xff", b'{"contents": {"a": {"digest": "\xff"}}}', b"[]", deep):
        with pytest.raises(Invalid, match="The artifact's manifest cannot be read"):
            read_manifest(body)


async def test_ids_that_lead_nowhere_are_not_found(world: World) -> None:
    stop = "mutation($id: ID!) { stopRun(input: {id: $id}) { success } }"
    delete = "mutation($id: ID!) { deleteFiles(input: {files: [$id]}) { success } }"
    manifest = (
        "mutation($id: ID!) { updateArtifactManifest(input: {artifactManifestID: $id}) { artifactManifest { id } } }"
    )
    deep = base64.b64encode(b"[" * 100_000).decode()
    for query, found in [
        (stop, identity("Run", "ann", "demo")),
        (stop, identity("Run", "ann", "demo", "r", "more")),
        (stop, identity("Run", "ann", "demo", 7)),
        (stop, identity()),
        (stop, deep),
        (stop, base64.b64encode(b"\xff").decode()),
        (BEAT, identity("Agent", "a")),
        (delete, identity("ArtifactFile", "ann", "demo", "model:v0", "weights")),
        (delete, identity("File", "ann", "demo", "r")),
        (manifest, identity("Manifest", "ann", "demo", "model:v0")),
        (manifest, identity("DraftManifest", "ann", "demo", "1")),
    ]:
        status, message, _ = await ask(world, query, id=found)
        assert (status, "with the id" in message) == (404, True), (query, found, message)


async def test_a_page_of_runs_ends_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("besom.server.wandb.run_lists._LONGEST_PAGE", 2)
    sweep = await world.sweep(GRID)
    for name in ("r1", "r2", "r3"):
        await world.begin(name, sweep)
    query = f'query($first: Int, $after: String) {{ project(name: "demo") {{ {RUNS} }} }}'
    for first in (2_000_000_000, None):
        pages, cursor = [], None
        for more in (True, False):
            runs = (await ask(world, query, first=first, after=cursor))[2]["project"]["runs"]
            assert runs["pageInfo"]["hasNextPage"] is more
            pages.append([edge["node"]["name"] for edge in runs["edges"]])
            cursor = runs["edges"][-1]["cursor"]
        assert pages == [["r1", "r2"], ["r3"]]
    whole = (
        f'{{ project(name: "demo") {{ sweep(sweepName: "{sweep}") {{ runs {{ edges {{ node {{ name }} }} }} }} }} }}'
    )
    found = (await ask(world, whole))[2]["project"]["sweep"]["runs"]["edges"]
    assert len(found) == 3


async def test_lists_in_lists_are_answered_until_there_are_too_many_values(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        await world.begin(f"r{number}")
    inner = "{ edges { cursor } }"
    for _ in range(2):
        inner = f"{{ edges {{ node {{ project {{ runs {inner} }} }} }} }}"
    query = f'{{ project(name: "demo") {{ runs {inner} }} }}'
    monkeypatch.setattr("besom.server.wandb.call._MOST_VALUES", 5_000)
    assert (await ask(world, query))[:2] == (200, "")
    monkeypatch.setattr("besom.server.wandb.call._MOST_VALUES", 500)
    status, message, _ = await ask(world, query)
    assert (status, message[:57]) == (422, "The answer to this query would have more than 500 values.")


async def test_rows_are_values_of_the_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.begin("r")
    await world.send("r", b"".join(history(step, {"x": step}) for step in range(30)))
    fields = ["history", 'sampledHistory(specs: ["{\\"keys\\": [\\"x\\"]}"])']
    monkeypatch.setattr("besom.server.wandb.call._MOST_VALUES", 75)
    for asked, status in ((fields[:1], 200), (fields[1:], 200), (fields, 422)):
        query = f'{{ project(name: "demo") {{ run(name: "r") {{ {" ".join(asked)} }} }} }}'
        assert (await ask(world, query))[0] == status, asked


async def test_keys_that_may_be_stored_in_too_many_ways_are_refused(world: World) -> None:
    await world.begin("r")
    query = (
        'query($specs: [JSONString!]!) { project(name: "demo") { run(name: "r") { sampledHistory(specs: $specs) } } }'
    )
    for keys, status in (
        (["a.b.c" * 20] * 20, 200),
        (["a." * 1_000], 422),
        ([f"{'key' * 9}{n}" for n in range(5_000)], 422),
    ):
        answered, message, _ = await ask(world, query, specs=[json.dumps({"keys": keys})])
        assert (answered, "too many or too long" in message) == (status, status == 422)


async def test_json_arguments_of_another_shape_are_refused(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = identity("Agent", sweep, await world.join(sweep))
    status, message, _ = await ask(world, BEAT, id=agent, states='["r"]')
    assert (status, message[:27]) == (422, "runState cannot be understood"[:27])
    for mail in ([1], {"schedule": {"a": 1}}, {"schedule": [{"id": "w"}]}, {"schedule": ["w"]}, {"earlystop": [3]}):
        told = {"id": identity("Sweep", sweep), "controller": json.dumps(mail)}
        status, message, _ = await ask(world, UPSERT, input=told)
        assert (status, message[:29]) == (422, "controller cannot be understo"[:29]), mail


async def test_arguments_of_a_program_that_are_no_list_are_left_out_of_its_command(world: World) -> None:
    upsert = "mutation($input: UpsertBucketInput!) { upsertBucket(input: $input) { bucket { name } } }"
    for number, args in enumerate((7, "x", {"a": 1}, None, ["-v"])):
        config = {"_wandb": {"value": {"e": {"w": {"program": "train.py", "args": args}}}}}
        told = {"name": f"r{number}", "modelName": "demo", "entityName": "ann", "config": json.dumps(config)}
        status, message, _ = await ask(world, upsert, input=told)
        assert (status, message) == (200, "")
        about = (await world.call("GET", world.runs_path(f"r{number}/details")))["about"]
        assert about["command"] == ("python train.py -v" if args == ["-v"] else "python train.py")
