"""Agents join, beat, are lost and come back; what they hold shares their fate."""

from __future__ import annotations

import asyncio

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def start(world: World) -> tuple[str, str, str]:
    """A sweep, its agent, and the run that the agent holds."""
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    return sweep, agent, run


async def agents(world: World, sweep: str) -> list[dict]:
    return (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]


async def test_an_agent_is_told_the_pace(world: World) -> None:
    sweep = await world.sweep(GRID)
    joined = await world.call("POST", f"/sweeps/{sweep}/agents", {"host": "box", "pid": 7})
    assert joined["lease_seconds"] == LEASE
    assert joined["heartbeat_seconds"] < LEASE / 3
    assert joined["sweep"]["id"] == sweep
    assert (await world.show(sweep))["agent_count"] == 1


async def test_nobody_can_join_a_sweep_that_has_ended(world: World) -> None:
    sweep = await world.sweep(GRID)
    await world.command(sweep, "stop")
    with pytest.raises(Refused) as refused:
        await world.join(sweep)
    assert (refused.value.status, refused.value.code) == (409, "sweep_not_running")
    assert refused.value.error["hint"] == f"To go on with it: besom sweep --resume ann/demo/{sweep}"


async def test_the_list_of_agents_tells_what_each_does(world: World) -> None:
    sweep, agent, run = await start(world)
    await world.exit(agent, run, 1)
    busy = (await world.next(agent))["run_id"]
    (shown,) = await agents(world, sweep)
    assert (shown["id"], shown["host"], shown["pid"], shown["state"]) == (agent, "box", 1, "running")
    assert (shown["run_id"], shown["run_count"], shown["failed_count"]) == (busy, 2, 1)


async def test_a_stopped_run_is_ordered_to_end_until_it_has(world: World) -> None:
    _, agent, run = await start(world)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    order = {"run_id": run, "reason": "stopped by ann", "kill": False}
    assert await world.beat(agent, (run,)) == [order]
    assert await world.beat(agent, (run,)) == [order]
    assert (await world.send(run, b""))["stop"] == "stopped by ann"
    await world.exit(agent, run, -15)
    assert await world.beat(agent) == []
    assert (await world.run(run))["state"] == "killed"


async def test_a_heartbeat_waits_for_an_order(world: World) -> None:
    _, agent, run = await start(world)
    beat = asyncio.create_task(world.beat(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    assert not beat.done()
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 10)] == [run]


async def test_a_heartbeat_that_was_sent_before_the_run_began_hears_of_its_stop_too(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    beat = asyncio.create_task(world.beat(agent, (), wait=30))
    await asyncio.sleep(0.05)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 10)] == [run]


async def test_an_order_that_the_agent_knows_does_not_answer_its_heartbeat_at_once(world: World) -> None:
    _, agent, run = await start(world)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    await world.beat(agent, (run,))
    beat = asyncio.create_task(world.beat(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    assert not beat.done()
    world.services.ctx.live.close()
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 10)] == [run]


async def test_cancel_orders_to_kill_and_upgrades_an_earlier_order(world: World) -> None:
    sweep, agent, run = await start(world)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["kill"] for order in await world.beat(agent, (run,))] == [False]
    await world.command(sweep, "cancel")
    (order,) = await world.beat(agent, (run,), wait=30)
    assert order == {"run_id": run, "reason": "the sweep was canceled by ann", "kill": True}
    assert (await world.exit(agent, run, -9))["state"] == "killed"


async def test_stop_lets_running_runs_be(world: World) -> None:
    sweep, agent, run = await start(world)
    await world.command(sweep, "stop")
    assert await world.beat(agent, (run,)) == []
    assert (await world.log(run, 1.0))["stop"] is None


async def test_deleting_a_run_ends_its_process(world: World) -> None:
    _, agent, run = await start(world)
    beat = asyncio.create_task(world.beat(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    await world.call("DELETE", world.runs_path(run))
    (order,) = await asyncio.wait_for(beat, 10)
    assert (order["run_id"], order["reason"]) == (run, "the run was deleted by ann")
    await world.exit(agent, run, -15)
    assert await world.beat(agent) == []


async def test_an_agent_that_falls_silent_is_lost_and_its_run_crashed(world: World) -> None:
    sweep, _, run = await start(world)
    await world.silence(LEASE - 1)
    assert (await world.run(run))["state"] == "running"
    await world.silence(2)
    shown = await world.run(run)
    assert (shown["state"], shown["reason"]) == ("crashed", "neither it nor its agent was heard for 120 s")
    assert [a["state"] for a in await agents(world, sweep)] == ["gone"]
    assert (await world.show(sweep))["agent_count"] == 0
    assert [e["kind"] for e in await world.events(sweep)][-2:] == ["agent.lost", "run.crashed"]


async def test_heartbeats_keep_a_quiet_run_alive(world: World) -> None:
    _, agent, run = await start(world)
    for _ in range(5):
        await world.silence(LEASE * 0.8)
        await world.beat(agent, (run,))
    assert (await world.run(run))["state"] == "running"


async def test_a_run_that_still_reports_outlives_its_agent(world: World) -> None:
    sweep, _, run = await start(world)
    for _ in range(3):
        await world.silence(LEASE * 0.8)
        await world.send(run, b"")
    assert (await world.run(run))["state"] == "running"
    assert [a["state"] for a in await agents(world, sweep)] == ["gone"]


async def test_a_run_without_an_agent_crashes_when_it_falls_silent(world: World) -> None:
    await world.begin("alone")
    await world.silence(LEASE + 1)
    shown = await world.run("alone")
    assert (shown["state"], shown["reason"]) == ("crashed", "it was not heard for 120 s")


async def test_a_network_cut_is_not_a_death(world: World) -> None:
    sweep, agent, run = await start(world)
    await world.silence(LEASE + 1)
    await world.beat(agent, (run,))
    assert (await world.run(run))["state"] == "running"
    assert [a["state"] for a in await agents(world, sweep)] == ["running"]
    await world.silence(LEASE + 1)
    await world.log(run, 1.0, code=0)
    shown = await world.run(run)
    assert (shown["state"], shown["exit_code"]) == ("finished", 0)
    kinds = [e["kind"] for e in await world.events(sweep) if e["run_id"] == run]
    assert kinds == ["run.started", "run.crashed", "run.returned", "run.crashed", "run.returned", "run.finished"]


async def test_a_dead_process_does_not_come_back_with_late_data(world: World) -> None:
    _, agent, run = await start(world)
    await world.exit(agent, run, -9)
    await world.log(run, 0.5, code=0)
    shown = await world.run(run)
    assert (shown["state"], shown["exit_code"], shown["steps"]) == ("crashed", -9, 1)


async def test_after_a_start_of_the_server_everybody_has_a_lease_to_be_heard(world: World) -> None:
    _, _, run = await start(world)
    world.clock.advance(LEASE * 10)
    world.services.ctx.started = world.clock()
    await world.silence(LEASE - 1)
    assert (await world.run(run))["state"] == "running"
    await world.silence(2)
    assert (await world.run(run))["state"] == "crashed"


async def test_an_agent_that_leaves_takes_what_it_holds_with_it(world: World) -> None:
    sweep, agent, run = await start(world)
    await world.call("DELETE", f"/agents/{agent}")
    await world.call("DELETE", f"/agents/{agent}")
    assert (await world.run(run))["state"] == "crashed"
    assert [e["kind"] for e in await world.events(sweep)].count("agent.left") == 1


async def test_reporting_an_exit_twice_changes_nothing(world: World) -> None:
    sweep, agent, run = await start(world)
    first = await world.exit(agent, run, 3, "boom")
    world.clock.advance(10)
    assert await world.exit(agent, run, 3, "boom") == first
    assert [e["kind"] for e in await world.events(sweep)].count("run.failed") == 1


async def test_an_agent_reports_only_its_own_runs(world: World) -> None:
    sweep, _, run = await start(world)
    other = await world.join(sweep, 2)
    with pytest.raises(Refused, match="holds no run"):
        await world.exit(other, run, 0)


async def test_a_program_that_never_called_init_failed(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    ended = await world.exit(agent, run, 0)
    assert ended["state"] == "failed"
    assert "never called init()" in ended["reason"]
