"""A machine is taken away: the run is preempted, waits for any agent, and goes on (S21, N12, N38, N39, T13)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World, exit_record, history, line

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

PREEMPTING = line({"type": "preempting", "time": 7.0})


async def send(world: World, run: str, spool: str, piece: bytes, offset: int = 0) -> dict[str, Any]:
    return await world.call("POST", f"{world.runs_path(run)}/stream?offset={offset}&spool={spool}", piece)


async def begun(world: World, sweep: str, agent: str, spool: str = "one") -> str:
    """A run of the agent that has logged a row and said that its machine will be taken away."""
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep, agent_id=agent, spool=spool)
    await send(world, run, spool, history(0, {"loss": 0.5}) + PREEMPTING)
    return run


async def test_a_run_that_says_so_is_preempting_and_goes_on(world: World) -> None:
    await world.begin("r", spool="one")
    await send(world, "r", "one", PREEMPTING)
    assert (await world.run("r"))["state"] == "preempting"
    await send(world, "r", "one", history(0, {"loss": 1.0}), len(PREEMPTING))
    run = await world.run("r")
    assert (run["state"], run["steps"]) == ("preempting", 1)


@pytest.mark.parametrize(("code", "state"), [(0, "finished"), (1, "preempted"), (143, "preempted")])
async def test_the_exit_code_after_the_mark_says_finished_or_preempted(world: World, code: int, state: str) -> None:
    await world.begin("r", spool="one")
    await send(world, "r", "one", PREEMPTING + exit_record(code))
    assert (await world.run("r"))["state"] == state


async def test_without_the_mark_a_non_zero_exit_code_is_a_failure(world: World) -> None:
    await world.begin("r", spool="one")
    await send(world, "r", "one", exit_record(143))
    assert (await world.run("r"))["state"] == "failed"


async def test_a_preempted_run_waits_until_its_process_is_over_and_then_any_agent_goes_on_with_it(
    world: World,
) -> None:
    sweep = await world.sweep(RANDOM)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = await begun(world, sweep, first)
    await send(world, run, "one", exit_record(143), (await world.begin(run, sweep, spool="one"))["offset"])
    assert (await world.next(second))["run_id"] != run, "its process may still be alive"
    assert (await world.exit(first, run, 143))["state"] == "preempted"
    third = await world.join(sweep, 3)
    work = await world.next(third)
    assert (work["run_id"], work["resume"]) == (run, True)
    claimed = await world.begin(run, sweep, agent_id=third, spool="two", resume="allow")
    assert (claimed["resumed"], claimed["step"], claimed["run"]["state"]) == (True, 1, "running")
    assert claimed["run"]["params"] == work["params"]
    await send(world, run, "two", history(1, {"loss": 0.25}) + exit_record(0))
    shown = await world.exit(third, run, 0)
    assert (shown["state"], shown["steps"], shown["best"]) == ("finished", 2, 0.25)


async def test_the_agents_word_alone_is_enough(world: World) -> None:
    """The exit record is lost where a process is killed; its agent has seen the signal."""
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    ended = await world.exit(agent, run, -9)
    assert (ended["state"], ended["agent_id"]) == ("preempted", None)
    assert "SIGKILL" in ended["reason"]


async def test_the_end_of_a_preempted_run_is_reported_twice_without_effect(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    once = await world.exit(agent, run, 143)
    assert await world.exit(agent, run, 143) == once


async def test_the_end_of_an_earlier_hand_out_is_not_that_of_a_later_one_of_the_same_agent(world: World) -> None:
    """A network that is slow brings it a second time, and the agent has the run again."""
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    work = await world.next(agent)
    run = work["run_id"]
    await world.begin(run, sweep, agent_id=agent, spool="one")
    await send(world, run, "one", PREEMPTING)
    first = work["hand_out"]
    assert (await world.exit(agent, run, 143, hand_out=first))["state"] == "preempted"
    again = await world.next(agent)
    assert (again["run_id"], again["hand_out"]) == (run, first + 1)
    assert (await world.exit(agent, run, 143, hand_out=first))["state"] == "pending"
    await world.begin(run, sweep, agent_id=agent, spool="two", resume="allow")
    assert (await world.exit(agent, run, 143, hand_out=first))["state"] == "running"
    assert (await world.exit(agent, run, 0, hand_out=first + 1))["state"] == "finished"


async def test_an_agent_that_is_itself_told_to_end_has_a_preempted_run_not_a_killed_one(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    body = {"exit_code": 143, "stopped": "the agent got SIGTERM"}
    assert (await world.call("POST", f"/agents/{agent}/runs/{run}/exit", body))["state"] == "preempted"


async def test_a_run_that_was_told_to_stop_is_killed_not_preempted(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert (await world.exit(agent, run, 143))["state"] == "killed"


async def test_a_machine_that_is_gone_without_a_word_leaves_its_marked_run_preempted(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    run = await begun(world, sweep, await world.join(sweep))
    await world.silence(LEASE + 1)
    shown = await world.run(run)
    assert (shown["state"], shown["agent_id"]) == ("preempted", None)
    assert (await world.next(await world.join(sweep, 2)))["run_id"] == run


async def test_an_agent_that_leaves_without_its_runs_end_lets_others_go_on_with_it(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    await send(world, run, "one", exit_record(143), (await world.begin(run, sweep, spool="one"))["offset"])
    await world.call("DELETE", f"/agents/{agent}")
    assert (await world.next(await world.join(sweep, 2)))["run_id"] == run


async def test_an_agent_that_waits_for_work_while_its_run_is_preempted_may_ask_for_it_soon(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}, "retry": {"max": 1}})
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    waiting = asyncio.create_task(world.next(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.exit(agent, run, 143)
    reply = await asyncio.wait_for(waiting, 25)
    assert (reply["command"], reply["reason"].endswith("is about to end")) == ("wait", True)
    assert (await world.next(agent))["run_id"] == run


async def test_an_agent_that_has_not_heard_of_the_end_of_its_run_goes_on_with_that_of_another(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent, other = await world.join(sweep, 1), await world.join(sweep, 2)
    first, second = await begun(world, sweep, agent), await begun(world, sweep, other)
    await world.exit(agent, first, 143)
    await world.exit(other, second, 143)
    assert (await world.next(agent, (first,)))["run_id"] == second
    assert (await world.next(other))["run_id"] == first


async def test_a_grid_that_was_complete_goes_on_when_a_run_is_preempted(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}})
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    assert (await world.show(sweep))["state"] == "FINISHED"
    await world.exit(agent, run, 143)
    shown = await world.show(sweep)
    assert shown["state"] == "RUNNING"
    assert "preempted" in shown["state_reason"]
    second = await world.join(sweep, 2)
    assert (await world.next(second))["run_id"] == run
    await world.begin(run, sweep, agent_id=second, spool="two", resume="allow")
    await world.exit(second, run, 0)
    assert (await world.next(second))["command"] == "exit"
    assert (await world.show(sweep))["run_count"] == 1


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_preempted_run_that_is_deleted_before_its_process_is_over_is_gone_on_with_only_if_it_comes_back(
    world: World, leaves: bool
) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}})
    agent = await world.join(sweep)
    run = await begun(world, sweep, agent)
    await send(world, run, "one", exit_record(1), len(history(0, {"loss": 0.5}) + PREEMPTING))
    await world.call("POST", world.runs_path("changes"), {"action": "delete", "runs": [run]})
    await (world.call("DELETE", f"/agents/{agent}") if leaves else world.exit(agent, run, 143))
    shown = await world.show(sweep)
    assert (shown["state"], "preempted" in shown["state_reason"]) == ("FINISHED", False)
    await world.call("POST", world.runs_path("changes"), {"action": "undelete", "runs": [run]})
    await world.command(sweep, "resume")
    work = await world.next(await world.join(sweep, 2))
    assert (work["run_id"], work["resume"]) == (run, True)


@pytest.mark.parametrize("config", [GRID | {"parameters": {"a": {"values": [1]}}}, RANDOM | {"run_cap": 1}])
async def test_who_comes_while_the_last_run_is_losing_its_machine_waits_for_it(
    world: World, config: dict[str, Any]
) -> None:
    sweep = await world.sweep(config)
    first = await world.join(sweep, 1)
    run = await begun(world, sweep, first)
    assert (await world.next(await world.join(sweep, 2)))["command"] == "wait"
    assert (await world.show(sweep))["state"] == "FINISHED", "every run has begun"
    third = await world.join(sweep, 3)
    assert "losing its machine" in (await world.next(third))["reason"]
    await world.exit(first, run, 143)
    assert (await world.next(third))["run_id"] == run


async def test_who_waits_for_a_run_that_keeps_its_machine_leaves_when_it_has_ended(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}})
    first = await world.join(sweep, 1)
    run = await begun(world, sweep, first)
    second = await world.join(sweep, 2)
    await world.exit(first, run, 0)
    assert (await world.next(second))["command"] == "exit"
    with pytest.raises(Refused, match="sweep_not_running"):
        await world.join(sweep, 3)


async def test_late_values_of_the_first_process_arrive_while_another_goes_on(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = await begun(world, sweep, first)
    await world.exit(first, run, -9)
    at = (await world.begin(run, sweep, spool="one"))["offset"]
    await send(world, run, "one", history(1, {"loss": 0.4}), at)
    assert (await world.run(run))["state"] == "preempted"
    assert (await world.next(second))["run_id"] == run
    at = (await world.begin(run, sweep, spool="one"))["offset"]
    await send(world, run, "one", history(2, {"loss": 0.3}) + exit_record(1), at)
    assert (await world.run(run))["state"] == "pending"
    claimed = await world.begin(run, sweep, agent_id=second, spool="two", resume="allow")
    assert (claimed["step"], claimed["run"]["steps"], claimed["run"]["state"]) == (3, 3, "running")
