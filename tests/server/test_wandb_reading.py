"""The reading side of the W&B API: pages, nulls, strict JSON, who sees what, and how often the database is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pytest
from server_world import GRID, User, World, exit_record, history, line

from besom.server.services import history_rows
from besom.server.store import artifacts as stored_artifacts

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

FULL = "id name config summaryMetrics systemMetrics historyKeys user { name }"
RUNS = f"""query Runs($project: String!, $entity: String!, $cursor: String, $perPage: Int = 50, $order: String,
    $filters: JSONString, $specs: [JSONString!]!) {{
  project(name: $project, entityName: $entity) {{
    runCount(filters: $filters)
    runs(filters: $filters, after: $cursor, first: $perPage, order: $order) {{
      edges {{ node {{ projectId {FULL} sampledHistory(specs: $specs) }} cursor }}
      pageInfo {{ endCursor hasNextPage }}
    }}
  }}
}}"""


class GraphQLRefused(Exception):
    """The server answered with errors."""


async def ask(user: User, query: str, **variables: Any) -> Any:
    """What the client gets for a query; its operation has no name."""
    body = {"query": query, "variables": variables, "operationName": ""}
    reply = await user.client.post("/graphql", json=body)
    found = json.loads(reply.content, parse_constant=_refuse)
    if "errors" in found:
        assert found["data"] is None
        raise GraphQLRefused(f"{reply.status_code} {found['errors'][0]['message']}")
    return found["data"]


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


async def page(user: User, *, owner: str = "ann", **asked: Any) -> Any:
    variables = {"project": "demo", "entity": owner, "specs": ['{"keys": ["_step", "loss"]}'], **asked}
    return (await ask(user, RUNS, **variables))["project"]


def names(found: Any) -> list[str]:
    return [edge["node"]["name"] for edge in found["runs"]["edges"]]


async def fill(world: World, count: int, losses: Sequence[Any] = (0.5, "NaN", 0.25)) -> None:
    for number in range(count):
        await world.begin(f"r{number}", config={"lr": number / 10}, tags=["first"] if number == 0 else [])
        records = [history(step, {"loss": loss}) for step, loss in enumerate(losses)]
        load = line({"type": "system", "time": 7.0, "data": {"cpu": 10.0 + number}})
        await world.send(f"r{number}", b"".join([*records, load, exit_record(0)]))


async def test_the_next_page_begins_after_the_last_edge(world: World) -> None:
    await fill(world, 7)
    found: list[str] = []
    cursor, more = None, True
    while more:
        part = await page(world, cursor=cursor, perPage=3, order="-config.lr.value")
        assert part["runCount"] == 7
        found += names(part)
        await world.begin(f"new{len(found)}", config={"lr": 9})  # shifts no page
        await world.call("DELETE", world.runs_path(f"new{len(found)}"))
        cursor, more = part["runs"]["edges"][-1]["cursor"], part["runs"]["pageInfo"]["hasNextPage"]
    assert found == [f"r{number}" for number in range(6, -1, -1)]
    with pytest.raises(GraphQLRefused, match="422 'x' is no cursor"):
        await page(world, cursor="x")


async def test_a_page_of_many_runs_takes_as_many_reads_as_a_page_of_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(world, 20)
    reads: list[object] = []
    read = world.store.read
    monkeypatch.setattr(world.store, "read", lambda work: reads.append(work) or read(work))
    assert len(names(await page(world, perPage=1))) == 1
    one = len(reads)
    assert len(names(await page(world, perPage=20))) == 20
    assert len(reads) - one == one


async def test_numbers_that_json_does_not_know_are_bare_in_texts_and_text_in_json(world: World) -> None:
    await fill(world, 1, ["NaN", "Infinity", -1.5])
    await world.call("PATCH", world.runs_path("r0"), {"summary": {"worst": "-Infinity", "word": 'say "NaN"'}})
    (edge,) = (await page(world))["runs"]["edges"]
    assert edge["node"]["sampledHistory"] == [
        [{"_step": 0, "loss": "NaN"}, {"_step": 1, "loss": "Infinity"}, {"_step": 2, "loss": -1.5}]
    ]
    assert '"worst":-Infinity' in edge["node"]["summaryMetrics"]
    assert json.loads(edge["node"]["summaryMetrics"])["word"] == 'say "NaN"'
    assert json.loads(edge["node"]["systemMetrics"]) == {"system.cpu": 10.0}
    query = '{ project(name: "demo", entityName: "ann") { run(name: "r0") { history(minStep: 0, maxStep: 2) } } }'
    rows = (await ask(world, query))["project"]["run"]["history"]
    assert ["NaN" in rows[0], "Infinity" in rows[1], len(rows)] == [True, True, 2]


async def test_runs_that_have_logged_nothing_have_no_keys_and_no_rows(world: World) -> None:
    await world.begin("silent")
    (edge,) = (await page(world, specs="{}"))["runs"]["edges"]
    assert edge["node"]["historyKeys"] is None
    assert edge["node"]["sampledHistory"] == [[]]
    assert edge["node"]["systemMetrics"] == "{}"
    with pytest.raises(GraphQLRefused, match="422 A specification"):
        await page(world, specs=['{"keys": 3}'])


async def test_keys_are_counted_before_and_after_compaction(world: World) -> None:
    from besom.server.store.compaction import compact_some

    await fill(world, 1)
    await world.begin("nested")
    await world.send("nested", history(3, {"at": {"epoch": 1, "deep": {"x": 2.5}}, "name": "oak", "on": True}))
    before = await page(world)
    await compact_some(world.store, 10)
    assert (await page(world)) == before
    plain, nested = (edge["node"]["historyKeys"] for edge in before["runs"]["edges"])
    assert plain["lastStep"] == 2
    assert plain["keys"]["loss"] == {
        "typeCounts": [{"type": "number", "count": 3}],
        "monotonic": False,
        "previousValue": 0.25,
    }
    kinds = {key: found["typeCounts"][0]["type"] for key, found in nested["keys"].items()}
    for always in ("_step", "_timestamp"):
        assert kinds.pop(always) == "number"
    assert kinds == {"at.epoch": "number", "at.deep.x": "number", "name": "string", "on": "boolean"}


async def test_what_is_not_there_is_null(world: World) -> None:
    await fill(world, 1)
    await world.call("DELETE", world.runs_path("r0"))
    query = """{ gone: project(name: "demo") { run(name: "r0") { id } }
      none: project(name: "demo") { bucket(name: "r9", missingOk: true) { id } sweep(sweepName: "nosweep1") { id } }
      model(name: "no-project") { id } entity(name: "nobody") { id } users(query: "nobody") { edges { node { id } } }
    }"""
    assert await ask(world, query) == {
        "gone": {"run": None},
        "none": {"bucket": None, "sweep": None},
        "model": None,
        "entity": None,
        "users": {"edges": []},
    }


async def test_a_sweep_is_found_by_its_id_alone_but_not_in_another_project(world: World) -> None:
    sweep = await world.sweep(GRID)
    await world.call("PUT", "/projects/ann/other")
    query = "query ($p: String, $s: String!) { project(name: $p) { sweep(sweepName: $s) { name } } }"
    for project, found in ((None, {"name": sweep}), ("", {"name": sweep}), ("demo", {"name": sweep}), ("other", None)):
        assert (await ask(world, query, p=project, s=sweep))["project"]["sweep"] == found


async def test_sweeps_are_filtered_by_what_they_have(world: World) -> None:
    older, newer = await world.sweep({**GRID, "name": "old one"}), await world.sweep({**GRID, "method": "random"})
    query = """query ($f: JSONString) { project(name: "demo") { totalSweeps
      sweeps(filters: $f, first: 9) { edges { node { name } } } } }"""

    async def found(**filters: Any) -> list[str]:
        listed = (await ask(world, query, f=json.dumps(filters)))["project"]
        assert listed["totalSweeps"] == 2
        return [edge["node"]["name"] for edge in listed["sweeps"]["edges"]]

    await world.command(newer, "stop")
    assert sorted(await found()) == sorted([older, newer])
    assert await found(state="FINISHED") == await found(method="random") == [newer]
    assert await found(displayName="old one") == await found(**{"config.method": "grid"}) == [older]
    assert await found(name={"$in": [older]}, createdAt={"$gt": "2020-01-01"}, username="ann") == [older]
    with pytest.raises(GraphQLRefused, match="422 A sweep has no field 'tags'"):
        await found(tags="x")


async def test_nobody_sees_the_projects_and_users_of_others(world: World) -> None:
    await fill(world, 2)
    bob = world.user("bob", "member")
    assert (await page(bob)) is None
    query = """query ($name: String) { models(entityName: $name) { edges { node { name entityName } } }
      users(query: "") { edges { node { name admin } } } entity(name: $name) { name isTeam members { name } } }"""
    assert await ask(bob, query, name="ann") == {
        "models": {"edges": []},
        "users": {"edges": [{"node": {"name": "bob", "admin": False}}]},
        "entity": None,
    }
    await world.call("PUT", "/projects/lab/shared")
    assert (await ask(bob, query, name="lab"))["entity"] is None
    await world.call("PUT", "/teams/lab/members/bob", {"role": "viewer"})
    assert await ask(bob, query, name="lab") == {
        "models": {"edges": [{"node": {"name": "shared", "entityName": "lab"}}]},
        "users": {"edges": [{"node": {"name": "ann", "admin": True}}, {"node": {"name": "bob", "admin": False}}]},
        "entity": {"name": "lab", "isTeam": True, "members": [{"name": "ann"}, {"name": "bob"}]},
    }
    teams = "{ viewer { teams { edges { node { name } } } } }"
    mine = (await ask(bob, teams))["viewer"]["teams"]["edges"]
    assert [edge["node"]["name"] for edge in mine] == ["bob", "lab"]
    found = await ask(world, query, name=None)
    assert [edge["node"]["name"] for edge in found["users"]["edges"]] == ["ann", "bob"]
    assert found["entity"] == {"name": "ann", "isTeam": False, "members": [{"name": "ann"}]}


async def test_a_viewer_reads_and_makes_nothing(world: World) -> None:
    await world.call("PUT", "/projects/lab/shared")
    eve = world.user("eve", "viewer")
    await world.call("PUT", "/teams/lab/members/eve", {"role": "admin"})  # no more than a viewer all the same
    query = '{ project(name: "shared", entityName: "lab") { readOnly isBenchmark createdAt entity { name } } }'
    found = (await ask(eve, query))["project"]
    assert (found["readOnly"], found["entity"]["name"], found["createdAt"][:4]) == (True, "lab", "2023")
    make = "mutation ($input: UpsertModelInput!) { upsertModel(input: $input) { inserted project { name } } }"
    with pytest.raises(GraphQLRefused, match="403 eve may look"):
        await ask(eve, make, input={"name": "mine", "entityName": None})
    for inserted in (True, False):
        made = await ask(world, make, input={"name": "mine", "entityName": None, "artifactTypes": None})
        assert made["upsertModel"] == {"inserted": inserted, "project": {"name": "mine"}}


async def test_printed_lines_come_page_by_page_or_from_the_end(world: World) -> None:
    await world.begin("r")
    printed = {"type": "output", "line": 0, "lines": list("abcd"), "time": 6.0}
    never = {"type": "output", "line": 4, "lines": ["e"], "time": 1e300}  # no calendar has it
    await world.send("r", line(printed) + line(never))
    query = """query ($first: Int, $after: String, $last: Int) { project(name: "demo") { run(name: "r") { logLineCount
      logLines(first: $first, after: $after, last: $last) { edges { node { number line timestamp } }
        pageInfo { endCursor hasNextPage } } } } }"""

    async def lines(**asked: Any) -> tuple[str, Any]:
        found = (await ask(world, query, **asked))["project"]["run"]
        assert found["logLineCount"] == 5
        return "".join(edge["node"]["line"] for edge in found["logLines"]["edges"]), found["logLines"]["pageInfo"]

    text, info = await lines(first=3)
    assert (text, info["hasNextPage"]) == ("abc", True)
    assert await lines(first=3, after=info["endCursor"]) == ("de", {"endCursor": "5", "hasNextPage": False})
    assert (await lines(last=2))[0] == "de"
    assert (await lines(last=99))[0] == "abcde"
    with pytest.raises(GraphQLRefused, match="422 '-1' is no cursor"):
        await lines(after="-1")


async def test_sampled_rows_are_those_with_all_keys_evenly_spread(world: World) -> None:
    rows = [history(step, {"loss": step, "at": {"x": -step}} if step % 2 else {"loss": step}) for step in range(100)]
    await world.begin("r")
    await world.send("r", b"".join([*rows, history(99, {"late": 1})]))

    async def sampled(**spec: Any) -> list[Any]:
        return (await page(world, specs=[json.dumps(spec)]))["runs"]["edges"][0]["node"]["sampledHistory"][0]

    assert await sampled(keys=["at.x", "_step"], samples=3) == [
        {"at.x": -1, "_step": 1},
        {"at.x": -49, "_step": 49},
        {"at.x": -99, "_step": 99},
    ]
    assert [row["loss"] for row in await sampled(keys=["loss", "loss"], minStep=10, maxStep=12)] == [10, 11, 12]
    assert await sampled(keys=["late", "loss", "_runtime"]) == [{"late": 1, "loss": 99, "_runtime": 1.0}]
    assert len(await sampled(keys=["loss"], samples=1)) == 1
    assert await sampled(keys=["loss.x"]) == []


NONSENSE = [
    ({"cursor": "9" * 30 + ".1"}, "outside of what the database can hold"),
    ({"filters": "{"}, "cannot be read"),
    ({"filters": '{"$and": {"a": 1}}'}, "takes a list of filters"),
    ({"filters": '{"config.x": {"$gt": NaN}}'}, "config.x can be compared"),
    ({"order": ","}, "has an empty key"),
    ({"specs": ['{"keys": ["loss"], "minStep": "x"}']}, "cannot be understood"),
    ({"specs": ["nope"]}, "cannot be read"),
    ({"specs": ["{}"] * 21}, "At most 20 specifications"),
]


async def test_what_makes_no_sense_is_refused_and_not_asked_again(world: World) -> None:
    await fill(world, 1)
    for asked, told in NONSENSE:
        with pytest.raises(GraphQLRefused, match=f"^422 .*{told}"):
            await page(world, **asked)
    assert names(await page(world, perPage=-5)) == []


async def test_an_answer_has_so_many_rows_at_most_and_pages_have_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_rows, "MOST_ROWS", 4)
    await fill(world, 1, range(10))
    query = """query ($low: Int, $high: Int, $most: Int) { project(name: "demo") { run(name: "r0") {
      history(minStep: $low, maxStep: $high, samples: $most) } } }"""

    async def steps(**asked: Any) -> list[int]:
        rows = (await ask(world, query, **asked))["project"]["run"]["history"]
        return [json.loads(row)["_step"] for row in rows]

    assert [step for low in range(0, 12, 4) for step in await steps(low=low, high=low + 4)] == list(range(10))
    assert await steps(low=6, high=10**6) == [6, 7, 8, 9]
    with pytest.raises(GraphQLRefused, match="422 Between these steps run r0 has more than 4 rows"):
        await steps(low=0, high=5)
    assert await steps(most=9) == [0, 3, 6, 9]


async def test_files_of_a_run_are_found_by_a_pattern_however_it_is_made(world: World) -> None:
    await world.begin("r")
    hard = "a" * 900
    empty = hashlib.sha256(b"").hexdigest()
    await world.call("PUT", f"/projects/ann/demo/blobs/{empty}", content=b"")
    for path in ("data/x1.csv", "data/100%.csv", "x.py", hard):
        await world.call("POST", world.runs_path("r/files"), {"path": path, "digest": empty, "size": 0})
    query = """query ($like: String) { project(name: "demo") { run(name: "r") {
      files(pattern: $like, first: 9) { edges { node { name } } } } } }"""

    async def found(like: str) -> list[str]:
        files = (await ask(world, query, like=like))["project"]["run"]["files"]
        return [edge["node"]["name"] for edge in files["edges"]]

    assert await found("data/%") == await found("%.csv") == await found("%a/%.c%") == ["data/100%.csv", "data/x1.csv"]
    assert await found("data/__.csv") == await found("_%x1%csv%%") == ["data/x1.csv"]
    assert await found("%.p_") == ["x.py"]
    assert await found("x") == await found("_") == await found("%.cs") == await found(".%") == []
    assert await found("a%" * 40 + "b") == []
    assert await found("%a" * 40) == [hard]


async def test_versions_of_an_artifact_are_listed_without_their_files(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [{"path": f"{n}.txt", "digest": str(n) * 64, "size": n} for n in range(3)]
    await world.begin("r")
    for count in (1, 3):
        records = {"type": "artifact", "artifact": {"name": "net", "type": "t", "files": files[:count]}}
        await world.send("r", line(records), (await world.begin("r"))["offset"])
    versions = "edges { node { id versionIndex fileCount } }"
    query = f"""{{ project(name: "demo") {{
      artifactCollection(name: "net") {{ ... on ArtifactSequence {{ artifacts {{ {versions} }} }} }}
      run(name: "r") {{ outputArtifacts {{ {versions} }} }} artifact(name: "net:v0") {{ id fileCount }} }} }}"""
    with monkeypatch.context() as patch:
        patch.delattr(stored_artifacts, "files_of")  # each may have a hundred thousand
        found = (await ask(world, query))["project"]
    for page_of_versions in (found["artifactCollection"]["artifacts"], found["run"]["outputArtifacts"]):
        nodes = [edge["node"] for edge in page_of_versions["edges"]]
        assert [(node["versionIndex"], node["fileCount"]) for node in nodes] == [(1, 3), (0, 1)]
    assert found["artifact"]["fileCount"] == 1
    query = """query($id: ID!, $entries: [ArtifactManifestEntryInput!]!) { artifact(id: $id) {
      filesByManifestEntries(entries: $entries) { edges { node { name sizeBytes } } } } }"""
    entries = [{"name": name, "digest": ""} for name in ("0.txt", "2.txt")]
    edges = (await ask(world, query, id=nodes[0]["id"], entries=entries))["artifact"]["filesByManifestEntries"]["edges"]
    assert [edge["node"] for edge in edges] == [
        {"name": "0.txt", "sizeBytes": 0},
        {"name": "2.txt", "sizeBytes": 2},
    ]


async def test_metadata_of_an_artifact_is_an_object(world: World) -> None:
    create = "mutation M($input: CreateArtifactInput!) { createArtifact(input: $input) { artifact { id } } }"
    asked = {"projectName": "demo", "artifactTypeName": "t", "artifactCollectionName": "net", "digest": "d"}
    for metadata in ("5", "[]", '"x"'):
        with pytest.raises(GraphQLRefused, match="422 The metadata of an artifact must be a JSON object"):
            await ask(world, create, input={**asked, "metadata": metadata})
    for metadata in (None, "null", '{"a": 1}'):
        assert (await ask(world, create, input={**asked, "metadata": metadata}))["createArtifact"]["artifact"]
