"""Corners of how W&B's client makes and changes sweeps: repeated, partial and impossible requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from server_world import GRID, World

from besom.server.store import points

pytestmark = pytest.mark.anyio

UPSERT = """mutation($id: ID, $config: String, $description: String, $entityName: String, $projectName: String,
    $controller: JSONString, $state: String, $priorRunsFilters: JSONString, $displayName: String) {
    upsertSweep(input: {id: $id, config: $config, description: $description, entityName: $entityName,
        projectName: $projectName, controller: $controller, state: $state, priorRunsFilters: $priorRunsFilters,
        displayName: $displayName}) {
        sweep { id name project { name entity { name } } } configValidationWarnings } }"""
READ = """query($sweep: String!, $project: String, $entity: String) {
    project(name: $project, entityName: $entity) { sweep(sweepName: $sweep) {
        id name displayName method state description config bestLoss runCount runCountExpected controller scheduler
        controllerRunName priorRuns { edges { node { name } } }
        runs { edges { node { name state shouldStop } } } } } }"""
QUEUE = """mutation($id: ID!, $config: JSONString!, $displayName: String) {
    enqueueSweepRun(input: {id: $id, config: $config, displayName: $displayName}) { id runQueueItemId } }"""

LOCAL = {"method": "grid", "controller": {"type": "local"}, "parameters": {"a": {"values": [1, 2]}}}


async def ask(world: World, query: str, **variables: Any) -> dict[str, Any]:
    reply = await world.client.post("/graphql", json={"query": query, "variables": variables})
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


async def refused(world: World, query: str, **variables: Any) -> tuple[int, str]:
    reply = await world.client.post("/graphql", json={"query": query, "variables": variables})
    return reply.status_code, reply.json()["errors"][0]["message"]


async def create(world: World, config: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await ask(world, UPSERT, config=json.dumps(config), projectName="demo", **more)
    return answer["upsertSweep"]["sweep"]


async def read(world: World, sweep: str, project: str | None = "demo", entity: str | None = "ann") -> Any:
    return (await ask(world, READ, sweep=sweep, project=project, entity=entity))["project"]["sweep"]


async def test_a_sweep_without_entity_and_project_is_the_callers_own(world: World) -> None:
    answer = (await ask(world, UPSERT, config=json.dumps(GRID), entityName="", projectName=None))["upsertSweep"]
    assert answer["configValidationWarnings"] == []
    assert answer["sweep"]["project"] == {"name": "uncategorized", "entity": {"name": "ann"}}


async def test_a_sweep_is_shown_with_its_text_as_it_was_sent(world: World) -> None:
    text = "# mine\nmethod:   random\nrun_cap: 7\nparameters: {lr: {min: 1.0e-3, max: 0.1}}\n"
    made = (await ask(world, UPSERT, config=text, projectName="demo", displayName="named"))["upsertSweep"]["sweep"]
    sweep = await read(world, made["name"])
    assert sweep["id"] == made["id"]
    assert (sweep["config"], sweep["displayName"], sweep["method"]) == (text, "named", "random")
    assert (sweep["state"], sweep["runCount"], sweep["runCountExpected"], sweep["bestLoss"]) == ("PENDING", 0, 7, None)
    assert (sweep["controller"], sweep["scheduler"]) == (None, None)
    assert sweep["controllerRunName"]


async def test_a_sweep_is_found_by_its_id_alone_and_nowhere_else_than_where_it_is(world: World) -> None:
    name = (await create(world, GRID))["name"]
    assert (await read(world, name, project=None, entity=None))["name"] == name
    await world.call("PUT", "/projects/ann/other")
    assert await read(world, name, project="other") is None
    assert await read(world, "nothere") is None


async def test_a_configuration_that_cannot_be_is_refused_before_anything_is_made(world: World) -> None:
    for config, reason in [
        ("method: grid", "`parameters`"),
        ("method: [", "Invalid sweep config: "),
        ("sweep.yaml", "not text"),
        (None, "made of a configuration"),
    ]:
        status, message = await refused(world, UPSERT, config=config, projectName="none")
        assert status == 422
        assert reason in message
    assert (await world.call("GET", "/projects"))["projects"] == []


async def test_an_update_changes_what_it_names_and_nothing_else(world: World) -> None:
    made = await create(world, {**GRID, "description": "before"}, displayName="kept")
    await ask(world, UPSERT, id=made["id"], description="after")
    await ask(world, UPSERT, id=made["id"], config=json.dumps({**GRID, "description": "before"}))
    sweep = await read(world, made["name"])
    assert (sweep["description"], sweep["displayName"]) == ("after", "kept")
    await ask(world, UPSERT, id=made["id"], config=json.dumps({**GRID, "run_cap": 2}))
    assert (await read(world, made["name"]))["runCountExpected"] == 2


async def test_a_state_that_was_reached_already_is_no_mistake(world: World) -> None:
    made = await create(world, GRID)
    for state in ("RUNNING", "RUNNING", "PAUSED", "PAUSED", "FINISHED", "FINISHED"):
        await ask(world, UPSERT, id=made["id"], state=state)
        assert (await read(world, made["name"]))["state"] == state
    status, message = await refused(world, UPSERT, id=made["id"], state="CANCELED")
    assert (status, "is FINISHED and cannot be canceled" in message) == (400, True)
    status, message = await refused(world, UPSERT, id=made["id"], state="ASLEEP")
    assert (status, "cannot be set to ASLEEP" in message) == (422, True)
    status, message = await refused(world, UPSERT, id="bm9uZQ==", state="PAUSED")
    assert status == 404


async def test_prior_runs_are_named_or_found_by_a_filter(world: World) -> None:
    for run in ("r1", "r2"):
        await world.begin(run, config={"a": 1, "b": "x"})
        await world.log(run, 0.5, code=0)
    for filters in ({"$or": [{"name": "r1"}, {"name": "r2"}]}, {"state": "finished"}):
        made = await create(world, GRID, priorRunsFilters=json.dumps(filters))
        prior = (await read(world, made["name"]))["priorRuns"]["edges"]
        assert [edge["node"]["name"] for edge in prior] == ["r1", "r2"]


async def test_prior_runs_that_are_no_points_are_counted_once_for_a_page_of_sweeps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run, config in (("inside", {"a": 1, "b": "x"}), ("outside", {"other": 1})):
        await world.begin(run, config=config)
        await world.log(run, 0.5, code=0)
    made = [await create(world, GRID, priorRunsFilters=names) for names in ('{"state": "finished"}', None)]
    look, pages = points.prior_runs_beside, []

    def count(conn: Any, project_id: int, sweep_ids: Any) -> dict[str, int]:
        pages.append(set(sweep_ids))
        return look(conn, project_id, sweep_ids)

    monkeypatch.setattr(points, "prior_runs_beside", count)
    query = """{ project(name: "demo") { sweeps(first: 9) { edges { node { name runCountExpected } } } } }"""
    listed = [edge["node"] for edge in (await ask(world, query))["project"]["sweeps"]["edges"]]
    assert {node["name"]: node["runCountExpected"] for node in listed} == {sweep["name"]: 6 for sweep in made}
    assert (await world.show(made[0]["name"]))["expected_runs"] == 7
    assert pages == [{sweep["name"] for sweep in made}]


async def test_a_point_is_queued_under_the_opaque_id(world: World) -> None:
    made = await create(world, GRID)
    point = json.dumps({"a": {"value": 2}, "b": {"value": "y"}})
    queued = (await ask(world, QUEUE, id=made["id"], config=point, displayName="first"))["enqueueSweepRun"]
    run = await world.run(queued["id"])
    assert (run["params"], run["name"], run["state"]) == ({"a": 2, "b": "y"}, "first", "pending")
    status, message = await refused(world, QUEUE, id=made["id"], config='{"a": 2}')
    assert (status, '{"value": ...}' in message) == (422, True)


async def hang_up_after(world: World, query: str, **variables: Any) -> None:
    """Sends a query on a connection that is closed at once."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    coming = [{"type": "http.request", "body": body}, {"type": "http.disconnect"}]
    headers = [(b"host", b"localhost:7878"), (b"authorization", f"Bearer {world.key}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(answer: dict[str, Any]) -> None:
        assert b"nobody waits" in answer.get("body", b"nobody waits"), answer

    await world.client._transport.app({**scope, "raw_path": b"/graphql"}, receive, send)  # type: ignore[attr-defined]


async def test_a_client_that_did_not_wait_for_its_answer_and_asks_again_queues_one_run(world: World) -> None:
    made = await create(world, {"method": "random", "parameters": {"a": {"values": [1, 2]}}})
    point = {"id": made["id"], "config": json.dumps({"a": {"value": 2}})}
    await hang_up_after(world, QUEUE, **point)
    assert (await world.show(made["name"]))["run_count"] == 0
    for count in (1, 2):
        await ask(world, QUEUE, **point)
        assert (await world.show(made["name"]))["run_count"] == count, "the same point may be wanted twice"


async def test_a_wish_of_the_controller_is_one_run_however_often_it_comes(world: World) -> None:
    made = await create(world, LOCAL)
    wish = {"id": "wish1", "data": {"args": {"a": {"value": 2}}}}
    for _ in range(2):
        mail = json.dumps({"schedule": [wish], "earlystop": []})
        await ask(world, UPSERT, id=made["id"], config=json.dumps(LOCAL), controller=mail)
    sweep = await read(world, made["name"])
    assert json.loads(sweep["controller"]) == {"schedule": [wish], "earlystop": []}
    assert json.loads(sweep["scheduler"]) == {"scheduled": [{"id": "wish1", "runid": "wish1"}]}
    await world.begin("wish1", made["name"])
    assert json.loads((await read(world, made["name"]))["controller"])["schedule"] == []

    stop = json.dumps({"schedule": [], "earlystop": ["wish1", "gone"]})
    await ask(world, UPSERT, id=made["id"], controller=stop)
    sweep = await read(world, made["name"])
    assert json.loads(sweep["controller"])["earlystop"] == ["wish1"]
    assert sweep["runs"]["edges"] == [{"node": {"name": "wish1", "state": "running", "shouldStop": True}}]


async def test_a_wish_that_cannot_be_is_named_and_holds_nothing_up(world: World) -> None:
    made = await create(world, LOCAL)
    await world.begin("bad", made["name"])
    held, odd, unnamed, good, twin = (
        {"id": name, "data": {"args": args}}
        for name, args in (
            ("held", {"a": {"value": 7}}),
            ("odd", {"a": 1}),
            ("a/b", {"a": {"value": 1}}),
            ("good", {"a": {"value": 1}}),
            ("twin", {"a": {"value": 1}}),
        )
    )
    mail = {"schedule": [held, odd, unnamed, good, twin], "earlystop": ["bad"]}
    answer = (await ask(world, UPSERT, id=made["id"], controller=json.dumps(mail)))["upsertSweep"]
    warned = answer["configValidationWarnings"]
    assert [text.split(" that the controller")[0] for text in warned] == [
        f"The run {name}" for name in ("held", "odd", "a/b", "twin")
    ]
    sweep = await read(world, made["name"])
    assert json.loads(sweep["controller"]) == {"schedule": [good], "earlystop": ["bad"]}


async def test_a_controller_without_more_wishes_ends_the_sweep_when_its_runs_have_ended(world: World) -> None:
    made = await create(world, LOCAL)
    args = {"a": {"value": 2}}
    await ask(world, UPSERT, id=made["id"], controller=json.dumps({"schedule": [{"id": "w", "data": {"args": args}}]}))
    await world.begin("w", made["name"])
    last = json.dumps({"schedule": [{"id": "x", "data": {"args": None}}]})
    await ask(world, UPSERT, id=made["id"], controller=last)
    assert (await read(world, made["name"]))["state"] == "PENDING"
    await world.log("w", 0.5, code=0)
    for _ in range(2):
        await ask(world, UPSERT, id=made["id"], controller=last)
        assert (await read(world, made["name"]))["state"] == "FINISHED"
