"""A sweep ends by itself when its budget is used up: runs, hours, GPU hours, no improvement."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_world import RANDOM, World, line

from besom.config.model import Budget
from besom.server.services.budget import Used, exhausted
from besom.server.services.pauses import Attention
from besom.server.services.reaper import end_sweeps

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True
HOUR = 3600.0


async def sweep_with(world: World, **budget: float) -> str:
    return await world.sweep({**RANDOM, "budget": budget})


async def look(world: World, sweep: str) -> dict[str, Any]:
    """The sweep after the server has looked whose time is up."""
    await end_sweeps(world.services.ctx, world.services.plans)
    return await world.show(sweep)


async def test_runs_are_another_word_for_run_cap(world: World) -> None:
    sweep = await sweep_with(world, runs=2)
    agent = await world.join(sweep)
    assert await world.work(agent, sweep, 0.5)
    assert await world.work(agent, sweep, 0.5)
    assert await world.work(agent, sweep) is None
    shown = await world.show(sweep)
    assert (shown["state_reason"], shown["expected_runs"]) == ("budget.runs is reached: 2 runs were started", 2)


async def test_hours_count_from_the_first_run_without_pauses_and_running_runs_go_on(world: World) -> None:
    sweep = await sweep_with(world, hours=2)
    world.clock.advance(10 * HOUR)
    assert (await look(world, sweep))["state"] == "PENDING"
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    world.clock.advance(HOUR)
    await world.command(sweep, "pause")
    world.clock.advance(50 * HOUR)
    assert (await look(world, sweep))["budget"] == [{"key": "hours", "used": 1.0, "limit": 2}]
    await world.command(sweep, "resume")
    world.clock.advance(0.9 * HOUR)
    await world.beat(agent, (run,))
    assert (await look(world, sweep))["state"] == "RUNNING"
    waiting = await world.next(agent, (run,))
    assert waiting["command"] == "run"
    world.clock.advance(0.2 * HOUR)
    shown = await look(world, sweep)
    assert shown["state"] == "FINISHED"
    assert shown["state_reason"] == "budget.hours: 2 h are used up; runs that are under way go on to their end"
    assert (await world.next(agent, (run, waiting["run_id"])))["command"] == "exit"
    assert (await world.log(run, 0.5))["stop"] is None


async def test_an_agent_that_asks_when_the_time_is_up_gets_nothing_though_nobody_looked(world: World) -> None:
    sweep = await sweep_with(world, hours=1)
    agent = await world.join(sweep)
    assert await world.work(agent, sweep, 0.5)
    world.clock.advance(HOUR)
    assert (await world.next(agent))["command"] == "exit"
    await world.command(sweep, "resume")
    again = await world.join(sweep)
    assert (await world.next(again))["command"] == "exit", "it stays used up until the budget is changed"
    text = "method: random\nmetric: {name: loss}\nparameters: {lr: {min: 0.0, max: 1.0}}\nbudget: {hours: 5}\n"
    await world.command(sweep, "resume")
    await world.call("POST", f"/sweeps/{sweep}/versions", {"text": text})
    assert (await world.next(await world.join(sweep)))["command"] == "run"


async def test_gpu_hours_weigh_each_run_with_the_gpus_of_its_agent(world: World) -> None:
    sweep = await sweep_with(world, gpu_hours=10)
    told = {"host": "box", "pid": 1, "slots": 2, "gpus": ["0", "1", "2", "3", "4", "5", "6", "7"]}
    large = (await world.call("POST", f"/sweeps/{sweep}/agents", told))["agent_id"]
    small = await world.join(sweep, 2)
    runs = [(await world.next(agent))["run_id"] for agent in (large, small)]
    for run, agent in zip(runs, (large, small), strict=True):
        await world.begin(run, sweep, agent_id=agent, started=world.clock())
    world.clock.advance(HOUR)
    await world.beat(small, (runs[1],))
    await world.exit(large, runs[0])
    shown = await look(world, sweep)
    assert (shown["state"], shown["budget"][0]["used"]) == ("RUNNING", 5.0)
    world.clock.advance(5 * HOUR)
    await world.exit(small, runs[1])
    shown = await world.show(sweep)
    assert shown["state_reason"].startswith("budget.gpu_hours: 10 h are used up")


async def test_the_time_in_which_a_preempted_run_waits_is_not_gpu_time(world: World) -> None:
    sweep = await sweep_with(world, gpu_hours=3)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep, agent_id=agent, started=world.clock(), spool="one")
    world.clock.advance(HOUR)
    told = line({"type": "preempting", "time": 7.0})
    await world.call("POST", f"{world.runs_path(run)}/stream?offset=0&spool=one", told)
    await world.exit(agent, run, 143)
    world.clock.advance(20 * HOUR)
    assert (await world.next(agent))["run_id"] == run
    await world.begin(run, sweep, agent_id=agent, started=world.clock(), spool="two", resume="allow")
    world.clock.advance(HOUR)
    await world.exit(agent, run)
    assert (await look(world, sweep))["budget"] == [{"key": "gpu_hours", "used": 2.0, "limit": 3}]


@pytest.mark.parametrize("wrong", [-48, 24])
async def test_gpu_hours_do_not_depend_on_the_clocks_of_the_machines(world: World, wrong: float) -> None:
    sweep = await sweep_with(world, gpu_hours=3)
    agent = await world.join(sweep)
    for _ in range(2):
        run = (await world.next(agent))["run_id"]
        await world.begin(run, sweep, agent_id=agent, started=world.clock() + wrong * HOUR)
        world.clock.advance(HOUR)
        await world.exit(agent, run)
    assert (await look(world, sweep))["budget"][0]["used"] == 2.0


async def test_a_prior_run_that_stays_the_best_is_the_one_to_beat(world: World) -> None:
    await world.begin("before")
    await world.log("before", 0.1, code=0)
    sweep = await world.sweep({**RANDOM, "budget": {"no_improvement_in": 2}}, prior_runs=["before"])
    agent = await world.join(sweep)
    assert await world.work(agent, sweep, 0.5)
    assert await world.work(agent, sweep, 0.4)
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_time_in_which_the_server_slept_is_no_hour_of_a_budget(world: World) -> None:
    sweep = await sweep_with(world, hours=5)
    agent = await world.join(sweep)
    assert await world.work(agent, sweep, 0.5)
    attention = Attention(world.services.ctx, 10)
    await attention.look()
    world.clock.advance(13 * HOUR)
    run = await world.next(agent)  # before the server has noticed that it slept
    assert run["command"] == "run"
    await attention.look()
    assert (await look(world, sweep))["state"] == "RUNNING"
    world.clock.advance(13 * HOUR)
    await world.command(sweep, "pause")
    await attention.look()
    assert (await world.show(sweep))["budget"][0]["used"] < 0.1


async def test_runs_in_a_row_without_a_better_one_end_the_sweep(world: World) -> None:
    sweep = await sweep_with(world, no_improvement_in=2)
    agent = await world.join(sweep)

    async def one(*values: float, code: int = 0) -> None:
        world.clock.advance(1)
        assert await world.work(agent, sweep, *values, code=code)

    await one(0.5)
    await one(0.6)
    await one(code=1)
    await one(0.4)
    best = (await world.show(sweep))["best"]["name"]
    await one(0.4)
    await one(0.9, code=-9)
    assert (await look(world, sweep))["budget"] == [{"key": "no_improvement_in", "used": 1, "limit": 2}]
    await one(0.7)
    shown = await world.show(sweep)
    assert shown["state"] == "FINISHED"
    reason = f"budget.no_improvement_in: none of the last 2 runs was better than {best}"
    assert shown["state_reason"] == reason


async def test_a_clock_that_is_set_back_changes_nothing_of_what_was_used(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "budget": {"no_improvement_in": 2, "hours": 9, "gpu_hours": 9}})
    agent = await world.join(sweep)
    attention = Attention(world.services.ctx, 10)

    async def one(loss: float) -> None:
        world.clock.advance(HOUR)
        assert await world.work(agent, sweep, loss)

    await one(0.5)
    await one(0.1)
    under_way = (await world.next(agent))["run_id"]
    await world.begin(under_way, sweep, started=world.clock())
    world.clock.advance(HOUR)
    await world.beat(agent, (under_way,))
    await attention.look()
    used = (await look(world, sweep))["budget"]
    world.clock.advance(10 - 24 * HOUR)
    await attention.look()
    assert [round(use["used"], 2) for use in (await look(world, sweep))["budget"]] == [2.0, 1.0, 0]
    assert [round(use["used"], 2) for use in used] == [2.0, 1.0, 0]
    world.clock.advance(-24 * HOUR)  # while the server is not there
    attention = Attention(world.services.ctx, 10)
    await attention.look()
    assert [round(use["used"], 1) for use in (await look(world, sweep))["budget"]] == [2.0, 1.0, 0]
    world.clock.advance(-25 * HOUR)
    await one(0.2)  # before the server looks
    await attention.look()
    await one(0.2)
    assert (await world.show(sweep))["state"] == "FINISHED"
    sweep = await sweep_with(world, gpu_hours=9)
    point = await world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"lr": 0.5}})
    agent = await world.join(sweep)
    world.clock.advance(-24 * HOUR)
    await attention.look()
    assert (await world.next(agent))["run_id"] == point["id"]
    await world.begin(point["id"], sweep, agent_id=agent, started=world.clock())
    world.clock.advance(HOUR)
    await world.exit(agent, point["id"])
    assert (await look(world, sweep))["budget"][0]["used"] == pytest.approx(1), "a point that was queued before, too"
    other = await world.join(sweep, 2)
    heard, silent = (await world.next(agent))["run_id"], (await world.next(other))["run_id"]
    for run, by in ((heard, agent), (silent, other)):
        await world.begin(run, sweep, agent_id=by, started=world.clock())
    await attention.look()
    world.clock.advance(24 * HOUR)
    await world.beat(agent, (heard,))
    world.clock.advance(10 - 24 * HOUR)  # before the server looks
    await attention.look()
    for run, by in ((heard, agent), (silent, other)):
        await world.exit(by, run)
    used = (await look(world, sweep))["budget"][0]["used"]
    assert used == pytest.approx(1 + 20 / HOUR), "nobody has worked while the clock was ahead"


async def test_a_better_run_that_is_not_over_keeps_the_sweep_going(world: World) -> None:
    sweep = await sweep_with(world, no_improvement_in=1)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = (await world.next(first))["run_id"]
    await world.begin(run, sweep)
    await world.log(run, 0.1)
    assert await world.work(second, sweep, 0.5)
    assert await world.work(second, sweep, 0.6)
    world.clock.advance(1)
    await world.exit(first, run)
    world.clock.advance(1)
    assert await world.work(second, sweep, 0.6)
    assert (await world.show(sweep))["state"] == "FINISHED"


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        Budget,
        hours=st.none() | st.floats(0.01, 1e6),
        gpu_hours=st.none() | st.floats(0.01, 1e6),
        no_improvement_in=st.none() | st.integers(1, 1000),
    ),
    st.builds(
        Used,
        hours=st.floats(0, 1e6),
        gpu_hours=st.floats(0, 1e6),
        runs_without_improvement=st.integers(0, 1000),
    ),
    st.floats(0, 1e6),
)
def test_a_limit_once_reached_stays_so_and_one_that_is_not_there_ends_nothing(
    budget: Budget, used: Used, more: float
) -> None:
    reason = exhausted(budget, used)
    pairs = {
        "budget.hours": (budget.hours, used.hours),
        "budget.gpu_hours": (budget.gpu_hours, used.gpu_hours),
        "budget.no_improvement_in": (budget.no_improvement_in, used.runs_without_improvement),
    }
    reached = {key for key, (limit, amount) in pairs.items() if limit is not None and amount >= limit}
    assert (reason is None) == (not reached)
    if reason is not None:
        assert reason.split(":")[0] in reached
        assert exhausted(budget, Used(used.hours + more, used.gpu_hours + more, used.runs_without_improvement))
