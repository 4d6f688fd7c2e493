"""Prior runs: what a new sweep learns from, and what its grid need not run again."""

from __future__ import annotations

from typing import Any

import pytest
from server_world import GRID, RANDOM, Refused, World, exit_record, line

from besom.server.store import points

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
