"""The server misses nobody whom it could not have heard, and misses everybody whom it could."""

from __future__ import annotations

import pytest
from server_world import LEASE, RANDOM, World

from besom.server.services.pauses import Attention
from besom.server.services.reaper import reap

pytestmark = pytest.mark.anyio

INTERVAL = LEASE / 8
DAY = 86_400.0


class Looking:
    """A server with an agent that has a run, and what looks for the lost."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._attention = Attention(world.services.ctx, INTERVAL)

    async def begin(self) -> None:
        sweep = await self.world.sweep(RANDOM)
        self.agent = await self.world.join(sweep)
        self.run = (await self.world.next(self.agent))["run_id"]
        await self.world.begin(self.run, sweep)
        await self.look()

    async def look(self, seconds: float = INTERVAL) -> str:
        """Looks after so many seconds; returns the run's state then."""
        self.world.clock.advance(seconds)
        await self._attention.look()
        await reap(self.world.services.ctx, self.world.services.plans)
        return (await self.world.run(self.run))["state"]

    async def seconds_until_missed(self) -> float:
        """For how long nobody misses the run, while the server looks as it should."""
        for looks in range(1, 100):
            if await self.look() == "crashed":
                return looks * INTERVAL
        raise AssertionError("nobody misses it")


async def test_after_a_time_in_which_the_server_was_stopped_everybody_has_a_lease_to_be_heard(world: World) -> None:
    looking = Looking(world)
    await looking.begin()
    assert await looking.look(50 * LEASE) == "running"
    assert LEASE <= await looking.seconds_until_missed() <= LEASE + 2 * INTERVAL


async def test_who_was_heard_in_what_is_the_future_now_is_missed_as_soon_as_others(world: World) -> None:
    looking = Looking(world)
    await looking.begin()
    assert await looking.look(-DAY) == "running"
    assert LEASE <= await looking.seconds_until_missed() <= LEASE + 2 * INTERVAL


async def test_a_clock_that_leaps_ahead_and_back_between_two_looks_stops_no_time(world: World) -> None:
    looking = Looking(world)
    await looking.begin()
    world.clock.advance(DAY)
    await world.beat(looking.agent, (looking.run,))
    world.clock.advance(-DAY)
    assert await looking.look() == "running"
    assert LEASE <= await looking.seconds_until_missed() <= LEASE + 2 * INTERVAL


async def test_a_server_that_begins_with_its_clock_set_back_misses_the_lost_too(world: World) -> None:
    looking = Looking(world)
    await looking.begin()
    world.clock.advance(-DAY)
    looking._attention = Attention(world.services.ctx, INTERVAL)
    world.services.ctx.started = world.clock()
    assert LEASE <= await looking.seconds_until_missed() <= LEASE + 2 * INTERVAL
