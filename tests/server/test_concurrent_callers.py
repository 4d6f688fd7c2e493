"""Several callers at the same moment, and sweeps that vanish below their agents."""

from __future__ import annotations

import asyncio

import pytest
from server_world import GRID, RANDOM, Refused, World

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def test_a_project_that_two_clients_create_at_once_is_one_project(world: World) -> None:
    sweeps = await asyncio.gather(*(world.sweep(RANDOM) for _ in range(4)), *(world.begin(f"r{i}") for i in range(4)))
    assert len({str(made) for made in sweeps}) == 8
    (project,) = (await world.call("GET", "/projects"))["projects"]
    assert (project["sweep_count"], project["run_count"]) == (4, 4)


async def test_a_run_that_two_programs_begin_at_once_is_one_run(world: World) -> None:
    begun = await asyncio.gather(*(world.begin("same") for _ in range(5)))
    assert {claimed["run"]["created"] for claimed in begun} == {world.clock.now}
    assert (await world.runs())["total"] == 1


async def test_agents_that_join_and_ask_at_once_share_the_grid_and_run_no_point_twice(world: World) -> None:
    sweep = await world.sweep(GRID)
    joined = await asyncio.gather(*(world.join(sweep, pid) for pid in range(8)))
    assert len(set(joined)) == 8
    replies = await asyncio.gather(*(world.next(agent) for agent in joined))
    points = [tuple(reply["params"].values()) for reply in replies if reply["command"] == "run"]
    assert len(points) == len(set(points)) == 6
    assert [reply["command"] for reply in replies].count("exit") == 2


async def test_a_sweep_that_is_deleted_below_its_agents(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    busy, idle, waiting = [await world.join(sweep, pid) for pid in range(3)]
    run = (await world.next(busy))["run_id"]
    await world.begin(run, sweep)
    await world.log(run, 0.5)
    await world.command(sweep, "pause")
    asked = asyncio.create_task(world.next(waiting, wait=30))
    beating = asyncio.create_task(world.beat(busy, (run,), wait=30))
    await asyncio.sleep(0.05)
    await world.call("DELETE", f"/sweeps/{sweep}")
    for agent in (idle, waiting):  # an agent without a run ends with an error
        with pytest.raises(Refused) as refused:
            await (asyncio.wait_for(asked, 25) if agent == waiting else world.next(agent))
        assert (refused.value.status, refused.value.code) == (404, "agent_not_found")
    await world.log(run, 0.25, code=0)  # a run may end in peace
    shown = await world.run(run)
    assert (shown["state"], shown["sweep_id"], shown["agent_id"], shown["steps"]) == ("finished", None, None, 2)
    for late in (world.exit(busy, run, 0), world.beat(busy, (run,)), world.call("DELETE", f"/agents/{busy}")):
        with pytest.raises(Refused) as refused:
            await late
        assert refused.value.status == 404
    beating.cancel()


async def test_a_program_whose_sweep_was_deleted_before_it_began_gets_its_run_all_the_same(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.call("DELETE", f"/sweeps/{sweep}")
    assert (await world.begin(run, sweep))["run"]["state"] == "running"
    assert (await world.log(run, 0.5, code=0))["offset"] > 0
    assert (await world.run(run))["state"] == "finished"
    with pytest.raises(Refused, match="There is no sweep"):
        await world.begin("another", sweep)


async def test_a_run_of_a_deleted_sweep_that_had_not_begun_does_not_wait_for_ever(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.call("DELETE", f"/sweeps/{sweep}")
    world.clock.advance(1000)
    await world.silence(1000)
    assert (await world.run(run))["state"] == "crashed"
