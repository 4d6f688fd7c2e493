"""Agents that work for all sweeps of a project: whose turn it is, and that each sweep's promises hold as ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World, exit_record, history, line

from besom.server.services.pool_members import forget_departed
from besom.server.store import sweeps

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

ABOUT = {"host": "box", "pid": 7, "slots": 2}


class Pool:
    """An agent of ann's project."""

    def __init__(self, world: World, pool_id: str) -> None:
        self.world = world
        self.route = f"/projects/ann/demo/pool/{pool_id}"

    async def ask(self, holding: tuple[str, ...] = (), wait: float = 0, **more: Any) -> dict[str, Any]:
        body = {"holding": list(holding), "wait": wait, "about": ABOUT, **more}
        return await self.world.call("POST", f"{self.route}/next", body)

    async def take(self, *holding: str) -> tuple[str, str]:
        """The sweep and the id of its next run."""
        reply = await self.ask(holding)
        return reply["joined"]["sweep"]["id"], reply["next"]["run_id"]

    async def do(self, *holding: str) -> str:
        """One whole run; returns its sweep."""
        reply = await self.ask(holding)
        sweep, run = str(reply["joined"]["sweep"]["id"]), reply["next"]["run_id"]
        await self.world.begin(run, sweep)
        await self.world.log(run, 1.0)
        await self.world.exit(reply["joined"]["agent_id"], run, 1)
        return sweep

    async def beat(self, *holding: str, wait: float = 0) -> list[dict[str, Any]]:
        body = {"holding": list(holding), "wait": wait}
        return (await self.world.call("POST", f"{self.route}/heartbeat", body))["stop"]


async def pool_of(world: World) -> Pool:
    return Pool(world, (await world.call("POST", "/projects/ann/demo/pool"))["pool_id"])


async def members(world: World, sweep: str) -> list[dict[str, Any]]:
    return (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]


async def test_the_sweep_with_the_highest_priority_comes_first(world: World) -> None:
    await world.sweep(GRID)
    urgent = await world.sweep(GRID | {"priority": 5, "run_cap": 2})
    await world.sweep(GRID | {"priority": -1})
    pool = await pool_of(world)
    assert [await pool.do() for _ in range(2)] == [urgent, urgent]
    assert await pool.do() != urgent


async def test_a_priority_that_is_changed_under_way_holds_from_the_next_run_on(world: World) -> None:
    first, second = await world.sweep(RANDOM | {"priority": 1}), await world.sweep(RANDOM)
    pool = await pool_of(world)
    assert await pool.do() == first
    text = "method: random\nmetric: {name: loss, goal: minimize}\nparameters: {lr: {min: 0.0, max: 1.0}}\npriority: 2\n"
    made = await world.call("POST", f"/sweeps/{second}/versions", {"text": text})
    assert made["version"]["changes"] == ["priority: 0 → 2"]
    assert await pool.do() == second


async def test_one_without_slots_is_refused(world: World) -> None:
    sweep = await world.sweep(GRID)
    pool = await pool_of(world)
    with pytest.raises(Refused) as refused:
        await pool.ask(about={**ABOUT, "slots": 0})
    assert refused.value.code == "bad_slots"
    assert await members(world, sweep) == []


async def test_equals_take_turns(world: World) -> None:
    equals = [await world.sweep(RANDOM) for _ in range(3)]
    pool = await pool_of(world)
    turns = [await pool.do() for _ in range(6)]
    assert turns[:3] == turns[3:]
    assert sorted(turns[:3]) == sorted(equals)


async def test_equals_have_as_many_runs_at_work(world: World) -> None:
    busy, other = await world.sweep(RANDOM), await world.sweep(RANDOM)
    agent = await world.join(busy)
    held = (await world.next(agent))["run_id"]
    await world.next(agent, (held,))
    pool = await pool_of(world)
    first, one = await pool.take()
    second, _ = await pool.take(one)
    assert (first, second) == (other, other)


async def test_it_waits_until_a_sweep_is_made_or_goes_on(world: World) -> None:
    paused = await world.sweep(RANDOM)
    await world.command(paused, "pause")
    pool = await pool_of(world)
    reply = await pool.ask()
    assert reply["idle"]
    assert (reply["next"]["command"], reply["next"]["reason"]) == ("wait", "no sweep of the project is running")
    waiting = asyncio.create_task(pool.ask(wait=30))
    await asyncio.sleep(0.05)
    made = await world.sweep(RANDOM)
    reply = await waiting
    assert reply["joined"]["sweep"]["id"] == made
    await world.command(made, "stop")
    waiting = asyncio.create_task(pool.ask((reply["next"]["run_id"],), wait=30))
    await asyncio.sleep(0.05)
    await world.command(paused, "resume")
    assert (await waiting)["joined"]["sweep"]["id"] == paused


async def test_a_sweep_that_has_a_run_again_is_noticed_while_it_waits(world: World) -> None:
    sweep = await world.sweep(RANDOM | {"run_cap": 1})
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    pool = await pool_of(world)
    waiting = asyncio.create_task(pool.ask(wait=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.call("DELETE", world.runs_path(run))
    assert (await waiting)["joined"]["sweep"]["id"] == sweep


async def test_while_it_waits_only_sweeps_that_are_woken_are_asked_again(world: World) -> None:
    full = [await world.sweep(RANDOM | {"run_cap": 1}) for _ in range(4)]
    runs = [(await world.next(await world.join(sweep)))["run_id"] for sweep in full]

    pool, before = await pool_of(world), world.store.batches[0].total
    waiting = asyncio.create_task(pool.ask(wait=30))
    while len(await members(world, full[-1])) < 2:
        await asyncio.sleep(0.01)
    await world.begin(runs[1], full[1])
    await world.send(runs[1], history(0, {"loss": 1.0}))  # it counts now
    await world.call("DELETE", world.runs_path(runs[2]))
    assert (await waiting)["joined"]["sweep"]["id"] == full[2]
    assert world.store.batches[0].total - before <= 3 + 4 + 2, "those three, and a question for each and for two again"


async def test_while_it_waits_it_hears_soon_that_its_own_run_was_preempted(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}, "retry": {"max": 1}})
    pool = await pool_of(world)
    reply = await pool.ask()
    run, member = reply["next"]["run_id"], reply["joined"]["agent_id"]
    await world.begin(run, sweep)
    await world.send(run, line({"type": "preempting", "time": 7.0}))
    waiting = asyncio.create_task(pool.ask((run,), wait=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.exit(member, run, 143)
    assert (await asyncio.wait_for(waiting, 25))["next"]["reason"].endswith("is about to end)")
    assert await pool.take() == (sweep, run)


async def test_sweeps_of_which_it_takes_no_runs_are_told_from_none(world: World) -> None:
    refused = await world.sweep(RANDOM)
    pool = await pool_of(world)
    reply = await pool.ask(without=[refused])
    assert reply["idle"]
    assert reply["next"]["reason"] == "no sweep of the project is running of which this agent takes runs"
    await world.command(refused, "stop")
    assert (await pool.ask(without=[refused]))["next"]["reason"] == "no sweep of the project is running"


async def test_what_broke_with_another_agent_is_not_left_to_one_that_takes_no_more_of_it(world: World) -> None:
    sweep = await world.sweep(GRID | {"retry": {"max": 1}, "run_cap": 2})
    pool, agent = await pool_of(world), await world.join(sweep)
    _, held = await pool.take()
    await world.begin(held, sweep)
    await world.work(agent, sweep, 1.0, code=1)
    await pool.ask((held,), without=[sweep])
    assert (await world.next(agent))["command"] == "wait", "a process of the other goes on there"
    [member] = [one["id"] for one in await members(world, sweep) if one["id"] != agent]
    await world.exit(member, held, 0)
    await pool.ask(without=[sweep])
    assert {one["id"]: one["state"] for one in await members(world, sweep)} == {agent: "running", member: "gone"}
    assert (await world.next(agent))["command"] == "run"


async def test_a_sweep_that_no_server_of_today_understands_holds_up_no_other(world: World) -> None:
    odd = await world.sweep(RANDOM)
    old = RANDOM | {"priority": "high"}
    world.store.write_sync(lambda conn: sweeps.change(conn, odd, {"config": old}))
    pool = await pool_of(world)
    reply = await pool.ask()
    assert not reply["idle"], "it is running"
    assert "`priority` must be a whole number" in reply["next"]["reason"]
    other = await world.sweep(RANDOM)
    assert await pool.do() == other


async def test_it_is_an_agent_of_each_sweep_that_it_works_for(world: World) -> None:
    one, two = await world.sweep(RANDOM), await world.sweep(RANDOM)
    pool = await pool_of(world)
    _, run = await pool.take()
    await pool.take(run)
    for sweep in (one, two):
        (member,) = await members(world, sweep)
        assert (member["name"], member["slots"], member["state"], member["run_count"]) == ("box-7", 2, "running", 1)


async def test_two_agents_share_a_grid_and_hand_out_no_point_twice(world: World) -> None:
    sweep, other = await world.sweep(GRID), await world.sweep(GRID)
    pools = [await pool_of(world), await pool_of(world)]

    async def work(pool: Pool) -> None:
        while not (reply := await pool.ask())["idle"]:
            await world.exit(reply["joined"]["agent_id"], reply["next"]["run_id"], 1)

    await asyncio.gather(*map(work, pools))
    for one in (sweep, other):
        found = (await world.runs(sweep=one))["runs"]
        assert len({str(run["config"]) for run in found}) == len(found) == 6
        assert (await world.show(one))["state"] == "FINISHED"


async def test_an_answer_that_was_lost_is_repeated_before_anything_else(world: World) -> None:
    await world.sweep(RANDOM)
    await world.sweep(RANDOM)
    pool = await pool_of(world)
    lost = await pool.take()
    assert await pool.take() == lost
    assert await pool.take(lost[1]) != lost


async def test_a_lost_answer_is_repeated_whatever_has_become_of_its_sweep(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}})
    pool = await pool_of(world)
    lost = await pool.take()
    assert (await world.show(sweep))["state"] == "FINISHED", "it was the last point"
    assert await pool.take() == lost
    assert (await pool.ask(without=[sweep]))["next"]["run_id"] == lost[1]
    assert (await pool.ask((lost[1],)))["idle"]


async def test_heartbeats_keep_it_alive_everywhere_and_bring_the_orders_of_all_sweeps(world: World) -> None:
    one, two = await world.sweep(RANDOM), await world.sweep(RANDOM)
    pool = await pool_of(world)
    _, first = await pool.take()
    _, second = await pool.take(first)
    waiting = asyncio.create_task(pool.beat(first, second, wait=30))
    await asyncio.sleep(0.05)
    await world.call("POST", world.runs_path(f"{second}/stop"))
    assert [order["run_id"] for order in await waiting] == [second]
    for _ in range(3):
        await world.silence(LEASE * 0.6)
        await pool.beat(first, second)
    for sweep in (one, two):
        assert [member["state"] for member in await members(world, sweep)] == ["running"]
    await world.silence(LEASE + 1)
    assert (await world.run(first))["state"] == "crashed"
    assert [member["state"] for member in await members(world, one)] == ["gone"]


async def test_an_order_for_a_run_that_came_during_the_heartbeat_is_told_at_once(world: World) -> None:
    await world.sweep(RANDOM)
    pool = await pool_of(world)
    waiting = asyncio.create_task(pool.beat(wait=30))
    await asyncio.sleep(0.05)
    _, run = await pool.take()
    await world.call("POST", world.runs_path(f"{run}/stop"))
    assert [order["run_id"] for order in await waiting] == [run]


async def test_ends_may_come_with_the_next_request(world: World) -> None:
    sweep = await world.sweep(RANDOM | {"run_cap": 1})
    pool = await pool_of(world)
    _, run = await pool.take()
    reply = await pool.ask(ended=[{"run_id": run, "exit_code": 3}, {"run_id": "unknown", "exit_code": 0}])
    assert [(ended["id"], ended["state"]) for ended in reply["next"]["ended"]] == [(run, "failed")]
    assert (await world.show(sweep))["runs_by_state"]["failed"] == 1


async def test_when_it_leaves_its_runs_are_free_and_a_request_that_waits_gets_none(world: World) -> None:
    sweep = await world.sweep(GRID | {"run_cap": 1})
    pool = await pool_of(world)
    _, run = await pool.take()
    waiting = asyncio.create_task(pool.ask((run,), wait=30))
    await asyncio.sleep(0.05)
    await world.call("DELETE", pool.route)
    assert (await waiting)["next"]["reason"] == "the agent has left"
    assert [member["state"] for member in await members(world, sweep)] == ["gone"]
    assert (await world.next(await world.join(sweep)))["command"] == "run"


async def test_it_leaves_a_sweep_that_has_ended_and_comes_back_when_that_goes_on(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    pool = await pool_of(world)
    await pool.do()
    await world.command(sweep, "stop")
    await pool.beat()
    assert [member["state"] for member in await members(world, sweep)] == ["gone"]
    await world.command(sweep, "resume")
    assert await pool.do() == sweep
    assert [member["state"] for member in await members(world, sweep)] == ["running"]
    told = [event["kind"] for event in await world.events(sweep) if event["kind"].startswith("agent.")]
    assert told == ["agent.joined", "agent.left", "agent.returned"]


async def preempted(world: World, sweep: str, pool: Pool) -> str:
    """A run of its whose machine is being taken away, and whose process may still live."""
    _, run = await pool.take()
    await world.begin(run, sweep)
    await world.send(run, line({"type": "preempting", "time": 7.0}) + exit_record(143))
    assert (await world.run(run))["state"] == "preempted"
    return run


@pytest.mark.parametrize("says_goodbye", [True, False])
async def test_it_leaves_a_sweep_that_has_ended_only_when_its_processes_are_over(
    world: World, says_goodbye: bool
) -> None:
    sweep = await world.sweep(RANDOM)
    pool = await pool_of(world)
    run = await preempted(world, sweep, pool)
    await world.command(sweep, "stop")
    await pool.beat(run)
    await pool.beat()
    assert [member["state"] for member in await members(world, sweep)] == ["running"]
    await world.command(sweep, "resume")
    agent = await world.join(sweep)
    held = (await world.next(agent))["run_id"]
    assert held != run
    if says_goodbye:
        await world.call("DELETE", pool.route)
    else:
        await world.silence(LEASE + 1)
    assert (await world.next(await world.join(sweep)))["run_id"] == run


async def test_in_quarantine_for_one_sweep_it_works_for_others(world: World) -> None:
    broken = await world.sweep(RANDOM | {"priority": 1})
    agent = await world.join(broken)
    for _ in range(4):
        await world.work(agent, broken, 1.0)
    pool = await pool_of(world)
    assert [await pool.do() for _ in range(3)] == [broken] * 3
    other = await world.sweep(RANDOM)
    assert await pool.do() == other
    assert [member["quarantined"] is not None for member in await members(world, broken)] == [True, False]


async def test_a_project_that_is_not_there_is_an_error_and_so_is_one_of_others(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.call("POST", "/projects/ann/nothing/pool")
    assert refused.value.code == "project_not_found"


@pytest.mark.parametrize("pool_id", ["x", "ABCDEFGHIJKL", "a" * 13, "a" * 10_000])
async def test_an_id_that_the_server_never_gave_is_an_error_and_kept_nowhere(world: World, pool_id: str) -> None:
    await world.sweep(RANDOM)
    pool = Pool(world, pool_id)
    for request in (pool.ask(), pool.beat(), world.call("DELETE", pool.route)):
        with pytest.raises(Refused) as refused:
            await request
        assert (refused.value.status, refused.value.code) == (422, "bad_pool")


async def test_who_has_left_is_known_for_an_hour(world: World) -> None:
    await world.sweep(RANDOM)
    pool, ctx = await pool_of(world), world.services.ctx
    await world.call("DELETE", pool.route)
    world.clock.advance(3590)
    await forget_departed(ctx)
    assert (await pool.ask())["next"]["reason"] == "the agent has left"
    world.clock.advance(20)
    await forget_departed(ctx)
    assert (await pool.ask())["next"]["command"] == "run"
