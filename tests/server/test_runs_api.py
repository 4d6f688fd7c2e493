"""Runs: begun, claimed, listed, deleted."""

from __future__ import annotations

import json

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World, history

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def test_a_claim_that_is_repeated_changes_nothing(world: World) -> None:
    first = await world.begin("r", name="mine", tags=["a"], config={"lr": 1})
    await world.send("r", history(0, {"x": 1}))
    again = await world.begin("r", tags=["b"], config={"depth": 2})
    assert again["offset"] > 0
    assert again["run"]["name"] == first["run"]["name"] == "mine"
    assert (again["run"]["config"], again["run"]["tags"]) == ({"lr": 1}, ["a"])
    assert (await world.runs())["total"] == 1


async def test_a_run_without_a_name_gets_one(world: World) -> None:
    names = [(await world.begin(run))["run"]["name"] for run in ("one", "two")]
    assert [name.rsplit("-", 1)[1] for name in names] == ["1", "2"]
    assert all(len(name.split("-")) == 3 for name in names)


async def test_a_run_tells_who_began_it_whoever_made_its_sweep_and_goes_on_with_it(world: World) -> None:
    bob = await world.member("bob", "lab", "member")
    there = "/projects/lab/demo"
    sweep = (await world.call("POST", f"{there}/sweeps", {"config": RANDOM}))["sweep"]["id"]
    run = (await world.next(await world.join(sweep)))["run_id"]
    assert (await world.call("GET", f"{there}/runs/{run}"))["creator"] is None, "nobody has begun it"
    await bob.call("POST", f"{there}/runs", {"id": run, "sweep_id": sweep, "started": 5.0, "spool": "bob's"})
    goes_on = {"id": run, "sweep_id": sweep, "started": 6.0, "spool": "ann's", "resume": "must"}
    await world.call("POST", f"{there}/runs", goes_on)
    await world.call("POST", f"{there}/runs", {"id": "hers", "started": 5.0})
    listed = await world.call("GET", f"{there}/runs")
    assert [(row["id"], row["creator"]) for row in listed["runs"]] == [(run, "bob"), ("hers", "ann")]
    found = await world.call("GET", f"{there}/runs", params={"filter": '{"creator": "bob"}'})
    assert [row["id"] for row in found["runs"]] == [run]


async def test_no_agent_and_no_report_passes_for_who_began_a_run(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    for beats in (True, False):
        agent = await world.join(sweep)
        run = (await world.next(agent))["run_id"]
        await world.silence(LEASE + 1)
        if beats:
            await world.beat(agent, (run,))
            shown = await world.run(run)
            assert (shown["state"], shown["creator"]) == ("running", None), "no program has begun it"
        await world.begin(run, sweep)
        await world.log(run, 1.0)
        shown = await world.run(run)
        assert (shown["state"], shown["creator"]) == ("running", "ann")


async def test_what_the_sweep_handed_out_is_not_the_programs_to_change(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "parameters": {"model": {"parameters": {"lr": {"value": 0.5}}}}})
    run = (await world.next(await world.join(sweep)))["run_id"]
    claimed = await world.begin(run, sweep, config={"model": {"lr": 9, "depth": 2}, "data": "mnist"})
    assert claimed["run"]["config"] == {"model": {"lr": 0.5, "depth": 2}, "data": "mnist"}
    assert claimed["run"]["params"] == {"model": {"lr": 0.5}}


async def test_a_run_of_a_sweep_belongs_to_the_sweeps_project_whatever_is_asked(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    run = (await world.next(await world.join(sweep)))["run_id"]
    body = {"id": run, "sweep_id": sweep, "started": 1.0}
    claimed = await world.call("POST", "/projects/ann/elsewhere/runs", body)
    assert claimed["run"]["project"] == "demo"
    assert [p["name"] for p in (await world.call("GET", "/projects"))["projects"]] == ["demo"]


async def test_an_id_that_cannot_stand_in_an_address_is_refused_with_the_rule(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.begin("a/b")
    assert (refused.value.status, refused.value.error["field"]) == (422, "id")
    assert refused.value.message == "The run id 'a/b' contains /, and none of / \\ # ? % : may occur."


async def test_reserved_names_of_entities_and_projects_are_refused(world: World) -> None:
    for path, field in {"/projects/api/demo/runs": "entity", "/projects/ann/runs/runs": "project"}.items():
        with pytest.raises(Refused) as refused:
            await world.call("POST", path, {"id": "r", "started": 1.0})
        assert (refused.value.status, refused.value.error["field"]) == (422, field)


async def test_ids_of_deleted_runs_cannot_be_used_again(world: World) -> None:
    await world.begin("r")
    await world.call("DELETE", world.runs_path("r"))
    with pytest.raises(Refused) as refused:
        await world.begin("r")
    assert (refused.value.status, refused.value.code) == (410, "run_deleted")


async def test_an_ended_run_cannot_be_stopped(world: World) -> None:
    await world.begin("r")
    await world.log("r", 1.0, code=0)
    with pytest.raises(Refused, match="nothing to stop"):
        await world.call("POST", world.runs_path("r/stop"))


async def three_runs(world: World) -> None:
    for name, loss, lr in (("one", 3.0, 0.1), ("two", 1.0, 0.2), ("three", 2.0, 0.3)):
        await world.begin(name, config={"lr": lr})
        await world.log(name, loss, code=0)


async def test_runs_are_listed_oldest_first_or_as_asked(world: World) -> None:
    await three_runs(world)
    ids = lambda page: [run["id"] for run in page["runs"]]  # noqa: E731
    assert ids(await world.runs()) == ["one", "two", "three"]
    assert ids(await world.runs(order="+summary_metrics.loss")) == ["two", "three", "one"]
    assert ids(await world.runs(order="-config.lr")) == ["three", "two", "one"]
    assert ids(await world.runs(filter=json.dumps({"config.lr": {"$gt": 0.15}}))) == ["two", "three"]


async def test_a_listed_run_looks_like_the_run_itself(world: World) -> None:
    await three_runs(world)
    sweep = await world.sweep(GRID)
    await world.next(await world.join(sweep))
    for run in (await world.runs())["runs"]:
        assert run == await world.run(run["id"])


async def test_pages_join_to_the_whole_list_although_runs_are_added_meanwhile(world: World) -> None:
    for number in range(7):
        await world.begin(f"r{number}")
    there = [f"r{number}" for number in range(7)]
    running = {"filter": '{"state": "running", "created_at": {"$gt": 0}}'}
    newest = {"order": "-created_at"}
    for asked in ({}, newest, running, running | newest):
        seen, cursor, expected = [], None, there[:: -1 if "order" in asked else 1]
        while True:
            page = await world.runs(limit=3, **asked, **({"cursor": cursor} if cursor else {}))
            seen += [run["id"] for run in page["runs"]]
            assert page["total"] == len(there)
            cursor = page["cursor"]
            if cursor is None:
                break
            there.append(f"new{len(there)}")
            await world.begin(there[-1])
        assert seen == expected
    nothing = await world.runs(filter='{"state": "failed"}')
    assert (nothing["runs"], nothing["total"], nothing["cursor"]) == ([], 0, None)


async def test_what_changed_since_a_version_and_what_was_deleted(world: World) -> None:
    await three_runs(world)
    version = (await world.runs())["version"]
    assert (await world.runs(since=version))["runs"] == []
    await world.call("DELETE", world.runs_path("one"))
    await world.begin("four")
    changed = await world.runs(since=version)
    assert [run["id"] for run in changed["runs"]] == ["four"]
    assert changed["deleted"] == ["one"]
    assert (await world.runs(since=changed["version"]))["deleted"] == []


async def test_with_runs_that_changed_comes_their_sweep_if_it_changed_too(world: World) -> None:
    sweep = await world.sweep(GRID)
    await world.begin("one", sweep)
    version = (await world.runs(sweep=sweep))["version"]
    await world.log("one", 0.5)
    changed = await world.runs(sweep=sweep, since=version)
    assert changed["changed_sweep"]["best"] == {"id": "one", "name": changed["runs"][0]["name"], "value": 0.5}
    assert changed["changed_sweep"] == await world.show(sweep)
    await world.log("one", 0.7)
    later = await world.runs(sweep=sweep, since=changed["version"])
    assert ([run["last"] for run in later["runs"]], later["changed_sweep"]) == ([0.7], None)
    assert (await world.runs(since=version))["changed_sweep"] is None, "of one sweep only"


async def test_with_runs_that_changed_come_the_ends_of_their_curves(world: World) -> None:
    for run in ("one", "two", "quiet"):
        await world.begin(run)
        await world.log(run, 0.9, 0.8)
    version = (await world.runs())["version"]
    await world.log("one", 0.7, 0.6)
    await world.log("two", 0.3, key="accuracy")
    changed = await world.runs(since=version, latest="loss")
    ends = {end["run_id"]: (end["from_row"], end["steps"], end["values"]) for end in changed["latest"]}
    assert ends == {"one": (0, [0, 1, 2, 3], [0.9, 0.8, 0.7, 0.6]), "two": (0, [0, 1], [0.9, 0.8])}
    assert (await world.runs(since=version))["latest"] == []
    times = (await world.runs(since=version, latest="_timestamp"))["latest"][0]
    assert (times["key"], times["steps"], times["values"]) == ("_timestamp", [0, 1, 2, 3], [6.0] * 4)


async def test_the_ends_of_only_so_many_curves_are_told(world: World) -> None:
    keys = [f"loss{number}" for number in range(21)]
    await world.begin("one")
    await world.log("one", 0.9)
    with pytest.raises(Refused, match="too_many_keys"):
        await world.runs(since=0, latest=keys)
    assert len((await world.runs(since=0, latest=keys[1:]))["latest"]) == 20


async def test_the_end_of_a_long_curve_begins_a_few_rows_back(world: World) -> None:
    await world.begin("one")
    for _ in range(4):
        await world.log("one", *[0.5] * 50)
    end = (await world.runs(since=0, latest="loss"))["latest"][0]
    assert (end["from_row"], end["steps"][0], end["steps"][-1]) == (150, 150, 199)


async def test_changes_come_in_pages_too(world: World) -> None:
    for number in range(5):
        await world.begin(f"r{number}")
    first = await world.runs(since=0, limit=3)
    second = await world.runs(since=0, limit=3, cursor=first["cursor"])
    assert [run["id"] for run in first["runs"] + second["runs"]] == [f"r{number}" for number in range(5)]
    assert (first["total"], second["cursor"]) == (5, None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"filter": "{"}, "bad_filter"),
        ({"filter": '{"colour": 1}'}, "bad_filter"),
        ({"order": "colour"}, "bad_order"),
        ({"cursor": "x"}, "bad_cursor"),
    ],
)
async def test_a_question_that_cannot_be_understood_is_refused(world: World, query: dict, code: str) -> None:
    await world.begin("r")
    with pytest.raises(Refused) as refused:
        await world.runs(**query)
    assert (refused.value.status, refused.value.code) == (422, code)


async def test_history_comes_in_pages_and_by_key(world: World) -> None:
    await world.begin("r")
    await world.send("r", b"".join(history(i, {"a": i} if i % 2 else {"b": i}) for i in range(6)))
    page = await world.call("GET", world.runs_path("r/history"), params={"limit": 4})
    rest = await world.call("GET", world.runs_path("r/history"), params={"after": page["next_row"]})
    assert [row["_step"] for row in page["rows"] + rest["rows"]] == list(range(6))
    only = await world.call("GET", world.runs_path("r/history"), params={"keys": ["a"]})
    assert [row["a"] for row in only["rows"]] == [1, 3, 5]


async def test_curves_of_a_run_and_of_a_sweep(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    for loss in (1.0, 2.0):
        await world.work(agent, sweep, loss, loss + 1)
    curves = (await world.call("GET", f"/sweeps/{sweep}/curves?key=loss"))["curves"]
    assert [(curve["steps"], curve["values"]) for curve in curves] == [([0, 1], [1.0, 2.0]), ([0, 1], [2.0, 3.0])]
    one = await world.call("GET", world.runs_path(f"{curves[0]['run_id']}/curves"), params={"keys": ["loss", "none"]})
    assert [(curve["key"], curve["total"]) for curve in one["curves"]] == [("loss", 2), ("none", 0)]


async def test_a_sweep_shows_its_counts_and_its_best_run(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    for loss in (3.0, 1.0, 2.0):
        await world.work(agent, sweep, loss)
    await world.work(agent, sweep, code=1)
    shown = await world.show(sweep)
    assert (shown["run_count"], shown["runs_by_state"]) == (4, {"finished": 3, "failed": 1})
    assert shown["best"]["value"] == 1.0
    (listed,) = (await world.call("GET", "/projects/ann/demo/sweeps"))["sweeps"]
    assert listed == shown


async def test_a_run_whose_machine_is_ahead_of_time_has_lasted_no_time_wherever_that_is_told(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    await world.begin("ahead", sweep, started=world.clock() + 3600)
    await world.begin("right", sweep, started=world.clock())
    world.clock.advance(60)
    for code in (None, 0):
        for run in ("ahead", "right"):
            await world.log(run, 1.0, code=code)
        seconds = {run["id"]: run["duration"] for run in (await world.runs())["runs"]}
        assert seconds == {"ahead": 0.0, "right": 60.0 if code is None else seconds["right"]}
        assert (await world.show(sweep))["compute_seconds"] == seconds["right"]
        assert (await world.runs(filter='{"duration": {"$gte": 0}}'))["total"] == 2
