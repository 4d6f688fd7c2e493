"""Prior runs: what a new sweep learns from, and what its grid need not run again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from server_world import GRID, RANDOM, Refused, World, exit_record, line
from sqlalchemy import select, update

from besom.server.services import sweep_creation
from besom.server.store import points, prior_runs, tables

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def finish_all(world: World, sweep: str) -> list[tuple[Any, Any]]:
    agent = await world.join(sweep)
    seen = []
    while (params := await world.work(agent, sweep, 1.0)) is not None:
        seen.append((params["a"], params["b"]))
    return seen


async def some_of_a_grid(world: World, count: int) -> str:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    for number in range(count):
        await world.work(agent, sweep, float(number))
    return sweep


async def trials(world: World, sweep: str) -> list[tuple[Any, Any]]:
    rows = await world.store.read(lambda conn: points.learned_trials(conn, sweep, None))
    return [(row.params, row.metric_best) for row in rows]


async def test_a_sweep_learns_from_the_ended_runs_of_another(world: World) -> None:
    old = await some_of_a_grid(world, 2)
    running = (await world.next(await world.join(old)))["run_id"]
    new = await world.sweep(GRID, prior_sweeps=[old])
    assert await trials(world, new) == [({"a": 1, "b": "x"}, 0.0), ({"a": 1, "b": "y"}, 1.0)]
    assert await finish_all(world, new) == [(1, "z"), (2, "x"), (2, "y"), (2, "z")]
    assert (await world.run(running))["sweep_id"] == old
    assert (await world.show(old))["run_count"] == 3
    assert (await world.show(new))["run_count"] == 4


async def test_values_of_another_metric_are_read_from_the_history(world: World) -> None:
    old = await world.sweep({**RANDOM, "metric": {"name": "acc", "goal": "maximize"}})
    agent = await world.join(old)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, old)
    await world.log(run, 0.5, 0.25, code=0)
    new = await world.sweep(RANDOM, prior_sweeps=[old])
    assert [best for _, best in await trials(world, new)] == [0.25]


async def test_a_sweep_whose_metric_is_changed_before_it_begins_learns_the_values_of_the_new_one(world: World) -> None:
    old = await world.sweep(RANDOM)
    agent = await world.join(old)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, old)
    logged = [{"loss": 1.0, "acc": 0.25}, {"loss": 2.0, "acc": 0.75}]
    records = [line({"type": "history", "step": step, "time": 6.0, "data": data}) for step, data in enumerate(logged)]
    await world.send(run, b"".join(records), (await world.begin(run))["offset"])
    await world.exit(agent, run)
    new = await world.sweep(RANDOM, prior_sweeps=[old])
    acc = {"name": "acc", "goal": "maximize"}
    for metric, best in ((acc, 0.75), ({"name": "none"}, None), (RANDOM["metric"], 1.0)):
        text = json.dumps({**RANDOM, "metric": metric})
        await world.call("POST", f"/sweeps/{new}/versions", {"text": text})
        assert [value for _, value in await trials(world, new)] == [best]


async def test_prior_runs_that_do_not_change_are_read_before_the_transaction_that_makes_the_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run in ("one", "two"):
        await world.begin(run, config={"a": 1, "b": "x"})
        await world.log(run, 0.5, code=0)
    in_order = select(tables.runs.c.key).order_by(tables.runs.c.key)
    keys = await world.store.read(lambda conn: list(conn.scalars(in_order)))
    read: list[list[int]] = []
    whole, ahead = prior_runs.whole, sweep_creation.read_prior_runs
    monkeypatch.setattr(prior_runs, "whole", lambda conn, keys: read.append(keys) or whole(conn, keys))

    def then_another_one_writes(*given: Any) -> Any:
        known = ahead(*given)
        changed = update(tables.runs).where(tables.runs.c.key == keys[1])
        changed = changed.values(config={"a": 2, "b": "x"}, version=tables.runs.c.version + 1)
        world.store.write_sync(lambda conn: conn.execute(changed))
        return known

    monkeypatch.setattr(sweep_creation, "read_prior_runs", then_another_one_writes)
    sweep = await world.sweep(GRID, prior_runs=["one", "two"])
    assert read == [keys, keys[1:]]
    assert await finish_all(world, sweep) == [(1, "y"), (1, "z"), (2, "y"), (2, "z")]


async def test_a_prior_run_may_belong_to_another_sweep(world: World) -> None:
    old = await some_of_a_grid(world, 1)
    run = (await world.runs(sweep=old))["runs"][0]["id"]
    new = await world.sweep(GRID, prior_runs=[run])
    assert (1, "x") not in await finish_all(world, new)
    assert (await world.run(run))["sweep_id"] == old


async def test_runs_that_match_a_filter_become_prior_runs(world: World) -> None:
    for run, b in (("one", "x"), ("two", "y"), ("three", "x")):
        await world.begin(run, config={"a": 1 if run != "three" else 2, "b": b})
        await world.log(run, 0.5, code=0)
    await world.begin("unfinished", config={"a": 1, "b": "x"})
    sweep = await world.sweep(GRID, prior_filter={"config.b": "x"})
    assert await finish_all(world, sweep) == [(1, "y"), (1, "z"), (2, "y"), (2, "z")]
    assert [(await world.run(run))["sweep_id"] for run in ("one", "two")] == [sweep, None]


async def test_prior_runs_do_not_count_for_the_cap(world: World) -> None:
    for run in ("one", "two"):
        await world.begin(run, config={"lr": 0.5})
        await world.log(run, 0.5, code=0)
    sweep = await world.sweep({**RANDOM, "run_cap": 1}, prior_runs=["one", "two"])
    agent = await world.join(sweep)
    assert await world.work(agent, sweep, 1.0) is not None
    assert await world.work(agent, sweep, 1.0) is None


@pytest.mark.parametrize(
    ("config", "adopted", "expected"),
    [
        (GRID, [(1, "x"), (1, "x"), (1, "y"), (7, "x")], 8),
        ({**GRID, "run_cap": 2}, [(1, "x")], 3),
        ({**GRID, "repeat": {"times": 2}}, [(1, "x"), (1, "x"), (1, "y")], 12),
        ({**RANDOM, "run_cap": 3}, [(1, "x")], 4),
        (RANDOM, [(1, "x")], None),
    ],
)
async def test_prior_runs_that_were_no_sweeps_are_part_of_the_expected_runs(
    world: World, config, adopted, expected
) -> None:
    names = [f"prior{number}" for number in range(len(adopted))]
    for run, (a, b) in zip(names, adopted, strict=True):
        await world.begin(run, config={"a": a, "b": b, "lr": 0.5})
        await world.log(run, 0.5, code=0)
    sweep = await world.sweep(config, prior_runs=names)
    assert (await world.show(sweep))["expected_runs"] == expected
    if expected is not None:
        agent = await world.join(sweep)
        while await world.work(agent, sweep, 1.0) is not None:
            pass
        assert (await world.show(sweep))["run_count"] == expected


async def test_a_grid_that_another_sweep_covers_in_part_reaches_its_count(world: World) -> None:
    old = await some_of_a_grid(world, 2)
    config = {**GRID, "start_with": [{"a": 1, "b": "y"}, {"a": 2, "b": "z"}]}
    new = await world.sweep(config, prior_sweeps=[old])
    assert (await world.show(new))["expected_runs"] == 4
    assert await finish_all(world, new) == [(2, "z"), (1, "z"), (2, "x"), (2, "y")]
    shown = await world.show(new)
    assert (shown["run_count"], shown["state"]) == (4, "FINISHED")


@pytest.mark.parametrize("walked", [True, False])
async def test_a_point_that_two_prior_runs_have_is_free_once_both_are_deleted(world: World, walked: bool) -> None:
    for run in ("one", "two"):
        await world.begin(run, config={"a": 1, "b": "x"})
        await world.log(run, 0.5, code=0)
    sweep = await world.sweep(GRID, prior_runs=["one", "two"])
    agent = await world.join(sweep)
    if walked:
        await world.work(agent, sweep, 1.0)
    await world.call("DELETE", "/projects/ann/demo/runs/one")
    assert await world.work(agent, sweep, 1.0) == {"a": 1, "b": "z" if walked else "y"}
    await world.call("DELETE", "/projects/ann/demo/runs/two")
    seen = await finish_all(world, sweep)
    assert seen.count((1, "x")) == 1
    assert len(seen) == (4 if walked else 5)


async def test_a_prior_run_that_was_preempted_is_not_handed_out(world: World) -> None:
    old = await world.sweep(GRID)
    agent = await world.join(old)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, old)
    await world.send(run, line({"type": "preempting", "time": 7.0}) + exit_record(143))
    await world.exit(agent, run, 143)
    await world.call("DELETE", f"/sweeps/{old}")
    assert (await world.run(run))["state"] == "preempted"
    new = await world.sweep(GRID, prior_runs=[run])
    assert len(await finish_all(world, new)) == 5


@pytest.mark.parametrize(
    ("prior", "problem"),
    [
        ({"prior_runs": ["nope"]}, "The prior run 'nope' does not exist in this project."),
        ({"prior_sweeps": ["nope"]}, "The prior sweep 'nope' does not exist in this project."),
        ({"prior_filter": {"config.b": "nope"}}, "No run of the project that has ended matches"),
        ({"prior_filter": {"confg.b": 1}}, "'confg.b'"),
        ({"prior_runs": ["busy"]}, "The prior run busy is running."),
    ],
)
async def test_what_is_not_found_is_named(world: World, prior: dict, problem: str) -> None:
    await world.begin("busy")
    with pytest.raises(Refused) as refused:
        await world.sweep(GRID, **prior)
    assert problem in refused.value.message


async def test_a_sweep_without_ended_runs_teaches_nothing_and_that_is_said(world: World) -> None:
    old = await world.sweep(GRID)
    with pytest.raises(Refused, match=f"The prior sweep {old} has no run that has ended"):
        await world.sweep(GRID, prior_sweeps=[old])


async def test_a_sweep_of_another_project_is_no_prior_sweep(world: World) -> None:
    created = await world.call("POST", "/projects/ann/other/sweeps", {"config": GRID})
    with pytest.raises(Refused, match="does not exist in this project"):
        await world.sweep(GRID, prior_sweeps=[created["sweep"]["id"]])


async def test_a_replaced_configuration_has_its_own_prior_runs(world: World) -> None:
    old = await some_of_a_grid(world, 2)
    new = await world.sweep(GRID, prior_sweeps=[old])
    await world.call("PUT", f"/sweeps/{new}/config", {"config": GRID})
    assert len(await finish_all(world, new)) == 6
