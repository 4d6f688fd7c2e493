"""Agents join, beat, are lost and come back; what they hold shares their fate."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World

from besom.server.services import reaper

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


async def test_an_agent_has_nothing_to_do_with_a_run_of_another_sweep_or_of_none_that_names_it(world: World) -> None:
    _, agent, run = await start(world)
    eve = world.user("eve", "member")
    for home in (None, await eve.sweep(RANDOM)):
        name = run if home is None else "another"
        assert (await eve.begin(name, home, agent_id=agent))["run"]["agent_id"] is None
        await eve.call("POST", eve.runs_path(f"{name}/stop"))
    assert await world.beat(agent, (run,)) == []
    assert [shown["run_count"] for shown in await agents(world, (await world.run(run))["sweep_id"])] == [1]


async def test_a_heartbeat_waits_for_an_order(world: World) -> None:
    _, agent, run = await start(world)
    beat = asyncio.create_task(world.beat(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    assert not beat.done()
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 25)] == [run]


async def test_a_heartbeat_that_was_sent_before_the_run_began_hears_of_its_stop_too(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    beat = asyncio.create_task(world.beat(agent, (), wait=30))
    await asyncio.sleep(0.05)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 25)] == [run]


async def test_an_order_that_came_before_its_run_is_repeated_once_when_the_agent_holds_it(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    beat = asyncio.create_task(world.beat(agent, (), wait=30))
    await asyncio.sleep(0.05)
    run = (await world.next(agent))["run_id"]
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 25)] == [run]
    assert [order["run_id"] for order in await asyncio.wait_for(world.beat(agent, (run,), wait=30), 25)] == [run]
    again = asyncio.create_task(world.beat(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    assert not again.done()
    await world.exit(agent, run, -15)
    again.cancel()


async def test_an_order_that_the_agent_knows_does_not_answer_its_heartbeat_at_once(world: World) -> None:
    _, agent, run = await start(world)
    await world.call("POST", world.runs_path(f"{run}/stop"))
    await world.beat(agent, (run,))
    beat = asyncio.create_task(world.beat(agent, (run,), wait=30))
    await asyncio.sleep(0.05)
    assert not beat.done()
    world.services.ctx.live.close()
    assert [order["run_id"] for order in await asyncio.wait_for(beat, 25)] == [run]


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
    (order,) = await asyncio.wait_for(beat, 25)
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


async def test_many_that_fall_silent_at_once_are_lost_in_several_transactions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "AT_ONCE", 3)
    world.clock.tick = 0.001
    sweep = await world.sweep(RANDOM)
    for number in range(7):
        await world.begin((await world.next(await world.join(sweep, number)))["run_id"], sweep)
    await world.silence(LEASE + 1)
    assert {a["state"] for a in await agents(world, sweep)} == {"gone"}
    assert {run["state"] for run in (await world.runs(sweep=sweep))["runs"]} == {"crashed"}
    lost = [(e["kind"], e["time"]) for e in await world.events(sweep) if e["kind"] in ("agent.lost", "run.crashed")]
    assert [kind for kind, _ in lost] == ["agent.lost"] * 7 + ["run.crashed"] * 7
    assert sorted(Counter(time for _, time in lost).values()) == [2, 3, 3, 3, 3]


async def test_heartbeats_keep_a_quiet_run_alive(world: World) -> None:
    _, agent, run = await start(world)
    for _ in range(5):
        await world.silence(LEASE * 0.8)
        await world.beat(agent, (run,))
    assert (await world.run(run))["state"] == "running"


async def test_a_run_of_which_a_busy_agent_has_not_heard_waits_for_its_next_question(world: World) -> None:
    """As when its last question came twice, the second time late: nobody read the answer."""
    sweep, agent, run = await start(world)
    unheard = await world.next(agent)
    assert unheard["run_id"] != run
    for _ in range(3):
        await world.silence(LEASE * 0.8)
        await world.beat(agent, (run,))
    await world.exit(agent, run)
    assert await world.next(agent) == unheard
    await world.silence(LEASE + 1)
    assert (await world.run(unheard["run_id"]))["state"] == "crashed", "it is lost with its agent"
    assert (await world.show(sweep))["run_count"] == 2


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


async def test_a_run_that_a_leaving_agent_never_began_is_given_back(world: World) -> None:
    sweep = await world.sweep({**GRID, "run_cap": 6})
    leaving, staying = await world.join(sweep, 1), await world.join(sweep, 2)
    given = await world.next(leaving)
    await world.call("DELETE", f"/agents/{leaving}")
    assert (await world.runs())["total"] == 0
    seen = [given["params"]]
    while (params := await world.work(staying, sweep, 1.0)) is not None:
        seen.append(params)
    assert seen.count(given["params"]) == 2
    assert len(seen) == 7
    shown = await world.show(sweep)
    assert (shown["state"], shown["run_count"]) == ("FINISHED", 6)


async def test_a_run_that_a_busy_agent_gives_back_is_free_at_once_and_a_late_word_of_it_takes_nothing(
    world: World,
) -> None:
    sweep = await world.sweep(GRID)
    busy, other = await world.join(sweep, 1), await world.join(sweep, 2)
    begun = await world.next(busy)
    await world.begin(begun["run_id"], sweep)
    await world.give_back(busy, begun)
    assert (await world.run(begun["run_id"]))["state"] == "running", "its program has begun"
    given = await world.next(busy, (begun["run_id"],))
    with pytest.raises(Refused, match="no agent"):
        await world.give_back("nobody", given)
    await world.give_back(other, given)
    await world.give_back(busy, given)
    await world.give_back(busy, given)
    assert (await world.next(other))["params"] == given["params"]
    queued = await world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"a": 2, "b": "y"}})
    first = await world.next(busy, (begun["run_id"],))
    await world.give_back(busy, first)
    again = await world.next(busy, (begun["run_id"],))
    assert (again["run_id"], again["hand_out"]) == (queued["id"], first["hand_out"] + 1)
    await world.give_back(busy, first)
    assert (await world.run(queued["id"]))["agent_id"] == busy


async def test_a_program_that_comes_after_its_agent_gave_the_run_back_does_not_run(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.call("DELETE", f"/agents/{agent}")
    with pytest.raises(Refused) as refused:
        await world.begin(run, sweep)
    assert (refused.value.status, refused.value.code) == (410, "run_deleted")


async def test_a_grid_whose_last_point_is_given_back_goes_on(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent, last = await world.join(sweep, 1), await world.join(sweep, 2)
    for _ in range(5):
        await world.work(agent, sweep, 1.0)
    given = await world.next(last)
    assert (await world.show(sweep))["state"] == "FINISHED"
    await world.call("DELETE", f"/agents/{last}")
    shown = await world.show(sweep)
    assert shown["state"] == "RUNNING"
    assert "free again" in shown["state_reason"]
    assert await world.work(agent, sweep, 1.0) == given["params"]
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_a_grid_that_somebody_stopped_stays_stopped_when_a_run_is_given_back(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    await world.next(agent)
    await world.command(sweep, "stop")
    await world.call("DELETE", f"/agents/{agent}")
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_a_run_that_was_stopped_before_it_began_is_killed_when_its_agent_leaves(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.command(sweep, "cancel")
    await world.call("DELETE", f"/agents/{agent}")
    shown = await world.run(run)
    assert (shown["state"], shown["reason"]) == ("killed", "the sweep was canceled by ann; it had not begun")


async def test_a_request_for_work_that_waits_when_its_agent_leaves_is_given_none(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    await world.work(agent, sweep, 1.0)
    await world.command(sweep, "pause")
    waiting = asyncio.create_task(world.next(agent, wait=0.5))
    while not world.services.ctx.live._listeners:  # what it asks after it has left is for one that has come back
        await asyncio.sleep(0)
    await world.call("DELETE", f"/agents/{agent}")
    await world.command(sweep, "resume")
    assert (await asyncio.wait_for(waiting, 25))["command"] == "wait"
    assert (await world.show(sweep))["run_count"] == 1
    assert [shown["state"] for shown in await agents(world, sweep)] == ["gone"]


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


async def test_the_ends_of_runs_are_told_together_with_the_request_for_the_next(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    first = (await world.next(agent))["run_id"]
    await world.begin(first, sweep)
    body = {"ended": [{"run_id": first, "exit_code": 0}, {"run_id": "gone", "exit_code": 0}]}
    reply = await world.call("POST", f"/agents/{agent}/next", body)
    assert [(run["id"], run["state"]) for run in reply["ended"]] == [(first, "finished")]
    assert reply["command"] == "run"
    assert reply["run_id"] != first
    # The answer was lost: the same request gives the same run again, and the end is not told twice.
    again = await world.call("POST", f"/agents/{agent}/next", body)
    assert again["run_id"] == reply["run_id"]
    ends = [event for event in await world.events(sweep) if event["kind"] == "run.finished"]
    assert len(ends) == 1


async def test_an_answer_that_tells_of_ends_is_not_held_back(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    await world.command(sweep, "pause")
    body = {"ended": [{"run_id": run, "exit_code": 1}], "wait": 30.0}
    reply = await asyncio.wait_for(world.call("POST", f"/agents/{agent}/next", body), 25)
    assert (reply["command"], reply["ended"][0]["state"]) == ("wait", "failed")
