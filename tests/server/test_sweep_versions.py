"""A sweep's configuration is changed under way: its runs stay and count, and no point is handed out twice."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from server_world import GRID, RANDOM, Refused, World, open_world
from sqlalchemy import Connection, update

from besom.config import load_mapping
from besom.server.services import early_stopping, placing, sweep_versions
from besom.server.services.configs import Plan
from besom.server.services.context import Unit
from besom.server.services.early_stopping import RungsAnew
from besom.server.services.known_points import Values
from besom.server.services.placing import Point, Points, as_they_are, place_anew
from besom.server.store import runs, sweeps, tables

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

ASHA = {"type": "asha", "min_iter": 1, "eta": 2}


async def edit(world: World, sweep: str, config: dict[str, Any], based_on: int | None = None) -> dict[str, Any]:
    body = {"text": json.dumps(config), "based_on": based_on}
    return await world.call("POST", f"/sweeps/{sweep}/versions", body)


async def work_all(world: World, sweep: str) -> None:
    agent = await world.join(sweep)
    while await world.work(agent, sweep, 1.0) is not None:
        pass


async def points(world: World, sweep: str) -> Counter[str]:
    runs = (await world.runs(sweep=sweep, limit=1000))["runs"]
    return Counter(json.dumps(run["params"], sort_keys=True) for run in runs)


def counted(world: World, sweep: str) -> bool:
    """Whether the runs, counted where they are, are as many as when each is placed anew."""

    def look(conn: Connection) -> bool:
        unit, row = Unit(conn, 0.0), sweeps.get(conn, sweep)
        plan = world.services.plans.of(row)
        return as_they_are(unit, row, plan) == place_anew(unit, row, plan, Points({}, {}))

    return world.store.write_sync(look)


def grid(a: list[int], b: list[str], **more: Any) -> dict[str, Any]:
    return {**GRID, "parameters": {"a": {"values": a}, "b": {"values": b}}, **more}


async def test_versions_are_kept_with_what_each_has_changed(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 3})
    wider = {**RANDOM, "run_cap": 5, "parameters": {"lr": {"min": 0.0, "max": 2.0}, "opt": {"values": ["a", "b"]}}}
    made = await edit(world, sweep, wider, based_on=1)
    assert made["version"]["changes"] == ["lr: max 1 → 2", "opt added: a, b", "run_cap: 3 → 5"]
    assert (made["sweep"]["config"]["run_cap"], made["sweep"]["expected_runs"]) == (5, 5)
    versions = (await world.call("GET", f"/sweeps/{sweep}/versions"))["versions"]
    assert [(version["number"], version["changes"]) for version in versions] == [
        (2, made["version"]["changes"]),
        (1, []),
    ]
    assert (await world.events(sweep))[-1]["reason"] == "version 2: lr: max 1 → 2; opt added: a, b; run_cap: 3 → 5"


async def test_versions_are_listed_although_one_cannot_be_read_any_more(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    await edit(world, sweep, {**RANDOM, "run_cap": 2})
    bad = update(tables.sweep_versions).where(tables.sweep_versions.c.number == 1).values(config={"method": "gone"})
    world.store.write_sync(lambda conn: conn.execute(bad))
    versions = (await world.call("GET", f"/sweeps/{sweep}/versions"))["versions"]
    assert [version["number"] for version in versions] == [2, 1]
    assert "cannot be read" in versions[0]["changes"][0]


async def test_a_sweep_from_before_names_had_an_end_goes_on(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    endless = {**RANDOM, "parameters": {**RANDOM["parameters"], "x" * 10_000: {"value": 1}}}
    old = update(tables.sweeps).where(tables.sweeps.c.id == sweep).values(config=endless)
    world.store.write_sync(lambda conn: conn.execute(old))
    assert (await world.next(await world.join(sweep)))["params"]["x" * 10_000] == 1
    await edit(world, sweep, {**RANDOM, "run_cap": 5})
    with pytest.raises(Refused, match="has 10,000 characters"):
        await edit(world, sweep, {**endless, "run_cap": 6})


async def test_whoever_edits_an_old_version_or_nothing_is_told(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    await edit(world, sweep, {**RANDOM, "run_cap": 5}, based_on=1)
    for config, based_on, code in (
        ({**RANDOM, "run_cap": 6}, 1, "version_changed"),
        ({**RANDOM, "run_cap": 5}, 2, "nothing_changed"),
    ):
        with pytest.raises(Refused) as refused:
            await edit(world, sweep, config, based_on)
        assert (refused.value.status, refused.value.code) == (409, code)
    with pytest.raises(Refused) as refused:
        await world.call("POST", f"/sweeps/{sweep}/versions", {"text": "method: grdi\n"})
    assert (refused.value.status, "line 1" in refused.value.message) == (422, True)
    assert (await world.show(sweep))["config"]["run_cap"] == 5


async def test_a_wider_grid_goes_on_with_the_new_points_alone(world: World) -> None:
    sweep = await world.sweep(grid([1, 2], ["x"]))
    await work_all(world, sweep)
    made = await edit(world, sweep, grid([1, 2, 3], ["x", "y"]))
    assert (made["sweep"]["state"], made["sweep"]["run_count"], made["sweep"]["expected_runs"]) == ("FINISHED", 2, 6)
    await world.command(sweep, "resume")
    await work_all(world, sweep)
    shown = await world.show(sweep)
    assert (shown["state"], shown["run_count"]) == ("FINISHED", 6)
    assert max((await points(world, sweep)).values(), default=1) == 1


async def test_a_narrower_grid_ends_at_once_when_all_of_it_has_run(world: World) -> None:
    sweep = await world.sweep(grid([1, 2, 3], ["x"]))
    agent = await world.join(sweep)
    for loss in (1.0, 2.0):
        await world.work(agent, sweep, loss)
    made = await edit(world, sweep, grid([1, 2], ["x"]))
    assert (made["sweep"]["state"], made["sweep"]["expected_runs"]) == ("FINISHED", 2)


async def test_without_a_parameter_each_point_is_still_run_with_each_repeats_own_value(world: World) -> None:
    repeat = {"repeat": {"times": 2, "parameter": "seed"}}
    wide = grid([1, 2], ["x", "y"], **repeat)
    sweep = await world.sweep({**wide, "parameters": {**wide["parameters"], "seed": {"values": [10, 20]}}})
    agent = await world.join(sweep)
    for loss in (1.0, 2.0):
        await world.work(agent, sweep, loss)
    less = {**GRID, "parameters": {"a": {"values": [1, 2]}, "seed": {"values": [10, 20]}}, **repeat}
    assert (await edit(world, sweep, less))["sweep"]["expected_runs"] == 5
    assert counted(world, sweep)
    first = (await world.runs(sweep=sweep))["runs"][0]["id"]
    await world.call("DELETE", world.runs_path(first))  # the other run with the same values has its place
    await work_all(world, sweep)
    runs = [run["params"] for run in (await world.runs(sweep=sweep))["runs"]]
    found = Counter((params["a"], params["seed"]) for params in runs)
    assert found == {(1, 10): 1, (1, 20): 1, (2, 10): 1, (2, 20): 1}


async def test_a_run_cap_counts_the_runs_of_all_versions(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 2})
    await work_all(world, sweep)
    await edit(world, sweep, {**RANDOM, "run_cap": 3})
    await world.command(sweep, "resume")
    await work_all(world, sweep)
    assert (await world.show(sweep))["run_count"] == 3
    await edit(world, sweep, {**RANDOM, "run_cap": 5})
    await world.command(sweep, "resume")
    assert (await edit(world, sweep, {**RANDOM, "run_cap": 1}))["sweep"]["state"] == "FINISHED"


async def test_from_random_to_a_grid_the_points_that_were_drawn_are_not_run_again(world: World) -> None:
    parameters = {"a": {"values": [1, 2, 3]}, "b": {"values": ["x", "y"]}}
    sweep = await world.sweep({**RANDOM, "parameters": parameters})
    agent = await world.join(sweep)
    for _ in range(3):
        await world.work(agent, sweep, 1.0)
    await edit(world, sweep, {**GRID, "parameters": parameters})
    await work_all(world, sweep)
    assert len(await points(world, sweep)) == (await world.show(sweep))["run_count"] == 6


async def test_bayes_learns_from_runs_outside_the_new_range_and_without_the_new_parameter(world: World) -> None:
    bayes = {**RANDOM, "method": "bayes", "seed": 3}
    sweep = await world.sweep(bayes)
    agent = await world.join(sweep)
    for loss in (3.0, 2.0, 1.0, 2.5):
        await world.work(agent, sweep, loss)
    narrow = {"lr": {"min": 0.4, "max": 0.6}, "depth": {"min": 1, "max": 3}}
    await edit(world, sweep, {**bayes, "parameters": narrow})
    for _ in range(3):
        params = await world.work(agent, sweep, 1.5)
        assert params is not None
        assert 0.4 <= params["lr"] <= 0.6
        assert params["depth"] in (1, 2, 3)
    assert (await world.show(sweep))["run_count"] == 7


async def test_what_the_runs_so_far_depend_on_cannot_change_once_there_are_any(world: World) -> None:
    config = {**RANDOM, "program": "train.py"}
    sweep = await world.sweep(config)
    other = {**config, "program": "main.py", "metric": {"name": "loss", "goal": "maximize"}}
    await edit(world, sweep, other)  # nothing has begun: that is allowed
    await edit(world, sweep, config)
    await world.work(await world.join(sweep), sweep, 1.0)
    with pytest.raises(Refused, match="`metric` cannot change under way") as refused:
        await edit(world, sweep, other)
    assert (refused.value.status, refused.value.code, refused.value.error["field"]) == (422, "frozen_config", "metric")
    assert "`program` cannot change" in refused.value.message
    with pytest.raises(Refused, match="`seed` cannot change"):
        await edit(world, sweep, {**config, "seed": 5})
    with pytest.raises(Refused) as refused:
        await world.user("eve", "viewer").call("POST", f"/sweeps/{sweep}/versions", {"text": json.dumps(RANDOM)})
    assert refused.value.status in (403, 404)


async def test_early_stopping_that_comes_later_judges_by_what_was_logged_before(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    for loss in (1.0, 2.0, 3.0):
        await world.work(agent, sweep, loss, loss)
    assert (await world.call("GET", f"/sweeps/{sweep}/rungs"))["rule"] is None
    made = await edit(world, sweep, {**RANDOM, "early_terminate": ASHA})
    assert made["version"]["changes"] == ["early_terminate: none → asha, min_iter 1, eta 2"]
    rungs = (await world.call("GET", f"/sweeps/{sweep}/rungs"))["rungs"]
    assert [(rung["position"], rung["reached"], rung["threshold"]) for rung in rungs] == [(1, 3, 1.0), (2, 3, 1.0)]
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    assert "worse" in (await world.log(run, 9.0))["stop"]


async def test_histories_that_do_not_change_are_read_before_the_transaction_of_a_new_rule(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = await world.sweep({**RANDOM, "early_terminate": ASHA})
    agent = await world.join(sweep)
    await world.work(agent, sweep, 1.0, 1.0)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await world.log(run, 0.5)
    plan = world.services.plans.of(world.store.read_sync(lambda conn: sweeps.get(conn, sweep)))
    rungs = world.store.read_sync(lambda conn: RungsAnew(conn, plan, sweep))
    await world.log(run, 0.5)
    before = await world.call("GET", f"/sweeps/{sweep}/rungs")
    read = []
    values = early_stopping.values_at_rungs
    monkeypatch.setattr(
        early_stopping, "values_at_rungs", lambda conn, plan, run: read.append(run.id) or values(conn, plan, run)
    )
    world.store.write_sync(rungs.keep)
    assert read == [run]
    assert await world.call("GET", f"/sweeps/{sweep}/rungs") == before


async def test_queued_points_stay_where_they_fit_and_new_ones_to_start_with_are_queued(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_by: set[str] = set()
    read = sweep_versions.read_point

    def noted(plan: Plan, given: dict[str, Any]) -> Values:
        read_by.add(threading.current_thread().name)
        return read(plan, given)

    monkeypatch.setattr(sweep_versions, "read_point", noted)
    config = {**RANDOM, "start_with": [{"lr": 0.1}, {"lr": 0.2}]}
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    assert await world.work(agent, sweep, 1.0) == {"lr": 0.1}
    await world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"lr": 0.9}})
    with pytest.raises(Refused, match="do not fit") as refused:
        await edit(world, sweep, {**RANDOM, "parameters": {"lr": {"min": 0.0, "max": 0.5}}})
    assert refused.value.status == 409
    await edit(world, sweep, {**config, "start_with": [{"lr": 0.1}, {"lr": 0.3}]})
    assert [await world.work(agent, sweep, 1.0) for _ in range(2)] == [{"lr": 0.9}, {"lr": 0.3}]
    assert read_by
    assert "besom-writer" not in read_by


async def test_an_edit_that_leaves_the_space_alone_looks_at_no_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = await world.sweep(grid([1, 2, 3], ["x"], run_cap=2))
    await work_all(world, sweep)
    before = (await world.runs(sweep=sweep))["runs"]
    placed: list[str] = []
    monkeypatch.setattr(
        sweep_versions, "find_points", lambda plan, *_: placed.append(plan.config.method) or Points({}, {})
    )
    made = await edit(world, sweep, grid([1, 2, 3], ["x"], budget={"runs": 5, "hours": 9}, retry={"max": 1}))
    assert made["sweep"]["expected_runs"] == 3
    assert ((await world.runs(sweep=sweep))["runs"], placed) == (before, [])
    for values, word in (([True, 2, 3], "added true"), ([2, 3, True], "another order")):  # Python takes these for equal
        made = await edit(world, sweep, grid(values, ["x"]))
        assert word in made["version"]["changes"][0]
    assert placed == ["grid", "grid"]


async def test_points_to_start_with_are_not_queued_in_a_sweep_that_has_ended(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 1})
    await work_all(world, sweep)
    more = {**RANDOM, "run_cap": 2, "start_with": [{"lr": 0.3}]}
    with pytest.raises(Refused, match="is FINISHED") as refused:
        await edit(world, sweep, more)
    assert refused.value.status == 409
    assert (await world.runs(sweep=sweep))["total"] == 1
    await world.command(sweep, "resume")
    await edit(world, sweep, more)
    assert await world.work(await world.join(sweep), sweep, 1.0) == {"lr": 0.3}


async def test_prior_runs_go_on_counting(world: World) -> None:
    await world.begin("old", config={"a": 1, "b": "x", "c": 7})
    await world.log("old", 1.0, code=0)
    sweep = await world.sweep(grid([1, 2], ["x"]), prior_runs=["old"])
    other = await world.sweep(grid([1, 2], ["x"]), prior_sweeps=[sweep])
    config = {**GRID, "parameters": {"a": {"values": [1, 2]}, "b": {"values": ["x"]}, "c": {"values": [7]}}}
    for name in (sweep, other):
        assert (await edit(world, name, config))["sweep"]["expected_runs"] == (2 if name == sweep else 1)
        assert counted(world, name)
        await work_all(world, name)
        assert counted(world, name)
    assert [list(await points(world, name)) for name in (sweep, other)] == [
        ['{"a": 1, "b": "x", "c": 7}', '{"a": 2, "b": "x", "c": 7}'],
        ['{"a": 2, "b": "x", "c": 7}'],
    ]


async def test_what_a_borrowed_run_is_in_the_new_space_is_found_anew_where_it_has_changed_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await world.sweep(grid([1, 2], ["x"]))
    await work_all(world, old)
    sweep = await world.sweep(grid([1, 2], ["x"]), prior_sweeps=[old])
    found_by: list[str] = []
    known_values = placing.known_values

    def noted(plan: Plan, *sources: Any) -> Values:
        found_by.append(threading.current_thread().name)
        if len(found_by) == 2 and found_by[-1] != "besom-writer":  # all are known, and the version is not made yet
            world.store.write_sync(change_the_first)
        return known_values(plan, *sources)

    def change_the_first(conn: Connection) -> None:
        (first, *_) = runs.of_sweep(conn, old)
        runs.change(conn, first.key, {"params": {"a": 3, "b": "x"}, "version": 99})

    monkeypatch.setattr(placing, "known_values", noted)
    await edit(world, sweep, grid([1, 2, 3], ["x"]))
    assert [name == "besom-writer" for name in found_by] == [False, False, True]
    await work_all(world, sweep)
    assert list(await points(world, sweep)) == ['{"a": 1, "b": "x"}']


def test_thousands_of_runs_of_one_point_have_their_rounds_in_one_pass() -> None:
    class Identity(str):
        looked_up = 0

        def __hash__(self) -> int:
            Identity.looked_up += 1
            return super().__hash__()

    config = load_mapping({"method": "random", "parameters": {"a": {"values": [1, 2]}}}).config
    plan, one = Plan(config.stored, config, 0), Identity("one")
    living = [SimpleNamespace(key=key, prior=key % 3 == 0, round=key) for key in range(400)]
    found = {run.key: Point(1, {"a": 1}, False, one, None) for run in living}
    rounds = placing._rounds(plan, living, found)
    assert sorted(rounds.values()) == list(range(400))
    assert Identity.looked_up < 10 * 400


async def test_a_grid_run_deleted_before_an_edit_comes_back_to_its_place_in_the_new_grid(world: World) -> None:
    sweep = await world.sweep(grid([1, 2], ["x"]))
    await work_all(world, sweep)
    first = (await world.runs(sweep=sweep))["runs"][0]["id"]
    await world.call("DELETE", world.runs_path(first))
    await edit(world, sweep, grid([0, 1, 2], ["x"]))
    await world.call("POST", world.runs_path("changes"), {"action": "undelete", "runs": [first]})
    await world.command(sweep, "resume")
    await work_all(world, sweep)
    assert sorted(await points(world, sweep)) == [f'{{"a": {a}, "b": "x"}}' for a in range(3)]


@pytest.mark.parametrize("seed", range(3))
async def test_a_grid_that_is_edited_while_agents_ask_for_work_has_each_point_once(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    async with open_world(f"sqlite:///{tmp_path}/besom.db", seed) as world:
        sweep = await world.sweep(grid([0, 1], ["x"]))
        done = asyncio.Event()

        async def agent(number: int) -> None:
            name = await world.join(sweep, number)
            while not done.is_set():
                try:
                    await world.work(name, sweep, 1.0)
                except Refused as refused:
                    assert refused.code == "sweep_not_running"  # noqa: PT017
                await asyncio.sleep(0)

        async def editor() -> None:
            for _ in range(8):
                some = rng.sample(range(6), rng.randint(1, 4)), rng.sample(["x", "y", "z"], rng.randint(1, 3))
                await edit(world, sweep, grid(*some, run_cap=100 + _))
                await edit(world, sweep, grid(*some, run_cap=200 + _))
                await world.command(sweep, "resume")
                assert max((await points(world, sweep)).values(), default=1) == 1
            await edit(world, sweep, grid(list(range(6)), ["x", "y", "z"]))
            await world.command(sweep, "resume")
            while (await world.show(sweep))["state"] != "FINISHED":
                await asyncio.sleep(0)
            done.set()

        await asyncio.gather(editor(), *(agent(number) for number in range(4)))
        found = await points(world, sweep)
        assert (len(found), found.total()) == (18, 18)
